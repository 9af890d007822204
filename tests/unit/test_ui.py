"""The design system: contrast of the tokens, every component with and without arguments."""

import re
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask, render_template, render_template_string
from jinja2 import StrictUndefined
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    Form,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, ListWidget

from organising.platform import ui
from organising.platform.languages import init_languages

ROOT = Path(__file__).resolve().parents[2]
TOKENS = (ROOT / "assets/css/tokens.css").read_text(encoding="utf-8")
TEXT_PAIRS = [
    *((ink, paper) for ink in ("ink", "ink-soft") for paper in ("paper", "paper-raised", "paper-sunk")),
    *((tone, f"{tone}-wash") for tone in ("good", "warn", "bad", "info")),
    *(("ink", f"{tone}-wash") for tone in ("good", "warn", "bad", "info", "neutral", "accent")),
    *((tone, "paper") for tone in ("good", "warn", "bad", "info", "accent")),
    ("accent", "paper-raised"),
    ("accent-ink", "accent"),
    ("ink-soft", "neutral-wash"),
    ("paper", "ink"),
    ("paper", "bad"),
]
SHAPE_PAIRS = [
    ("edge", "paper"),
    ("edge", "paper-raised"),
    ("focus", "paper"),
    ("focus", "paper-raised"),
    ("accent", "paper"),
    ("bad", "paper"),
]


def declarations(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block))


def block_after(selector: str) -> str:
    start = TOKENS.index(selector + " {") + len(selector) + 2
    return TOKENS[start : TOKENS.index("}", start)]


def palette(theme: str, accent: str) -> dict[str, str]:
    roots = {
        "light": ":root",
        "system": ':root:not([data-theme="light"])',
        "dark": ':root[data-theme="dark"]',
    }
    root = roots[theme]
    return declarations(block_after(root)) | declarations(block_after(f'{root}[data-accent="{accent}"]'))


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("accent", ui.ACCENTS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_pair_of_colours_has_enough_contrast(theme: str, accent: str) -> None:
    colours = palette(theme, accent)
    weak = [
        f"{ink} on {paper}: {contrast(colours[ink], colours[paper]):.2f}"
        for pairs, least in ((TEXT_PAIRS, 4.5), (SHAPE_PAIRS, 3.0))
        for ink, paper in pairs
        if contrast(colours[ink], colours[paper]) < least
    ]
    assert weak == []


@pytest.mark.parametrize("accent", ui.ACCENTS)
def test_dark_is_the_same_by_preference_and_by_choice(accent: str) -> None:
    assert palette("system", accent) == palette("dark", accent)
    assert palette("dark", accent).keys() == palette("light", accent).keys()


def test_positions_can_be_told_apart_by_lightness_within_each_side() -> None:
    for theme in ("light", "dark"):
        colours = palette(theme, "vermilion")
        for side in (("champion", "supporter", "leaning-support"), ("opposed", "leaning-oppose")):
            for one, other in pairwise(side):
                assert contrast(colours[one], colours[other]) > 1.5, (theme, one, other)


class EveryField(Form):
    name = StringField("Name", validators=[DataRequired("Write a name.")])
    note = TextAreaField("Note")
    kind = RadioField(
        "Kind",
        choices=[SelectChoice("a", "A"), SelectChoice("b", "B")],
        validators=[DataRequired("Choose a kind.")],
    )
    asks = SelectMultipleField(
        "Asks",
        choices=[SelectChoice("x", "X")],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    party = SelectField("Party", choices=[SelectChoice("1", "One")])
    count = IntegerField("Count")
    when = DateField("When", description="The day it happened.")
    agreed = BooleanField("Agreed")
    photo = FileField("Photo")
    secret = PasswordField("Password")
    token = HiddenField("Token")


@pytest.fixture
def pages(tmp_path: Path) -> Flask:
    app = Flask("pages", template_folder=str(ROOT / "templates"), static_folder=str(tmp_path))
    app.secret_key = "only a test"
    app.jinja_env.undefined = StrictUndefined
    init_languages(app)
    ui.init_ui(app)
    app.add_url_rule("/switch", "accounts.switch", lambda: "", methods=["POST"])
    app.add_url_rule("/people/<int:number>", "people.show", lambda number: str(number))
    return app


def render(app: Flask, source: str, **values: object) -> str:
    with app.test_request_context("/list?cursor=old&party=lab"):
        return render_template_string('{% import "components/ui.html" as ui %}' + source, **values)


CALLS = {
    "icon('lock')": "<svg",
    "mark()": "<svg",
    "page_header('Title')": "<h1>Title</h1>",
    "button('Save')": '<button class="button button--primary" type="submit">',
    "button('See', href='/x', kind='secondary')": '<a class="button button--secondary" href="/x">',
    "button('Go', name='act', value='', attrs={'form': 'f'})": 'name="act" value="" form="f"',
    "form_actions()": "form-actions",
    "tag('Draft')": "tag--neutral",
    "card()": "<section",
    "card(title='Facts')": "Facts</h2>",
    "table(['A', ('B', {'numeric': true})])": "<table",
    "definition_list([('Party', none)])": "Not known",
    "definition_list(none)": "<dl",
    "tabs([('One', '/1', true)])": 'aria-current="page"',
    "pagination(none, '/x')": "Back to the start",
    "progress(3, 10, 'Sent')": "3 of 10",
    "progress(none)": "0 of 0",
    "stack_bar([('Yes', 3, 'good'), ('No', 1, 'bad')])": 'x="75.0%" width="25.0%"',
    "stack_bar([])": "<svg",
    "meter([('Yes', 3, 'good')])": "<svg",
    "empty_state('Nothing yet')": "Nothing yet",
    "who_can_see('organisation')": "Only people in your organisation can see this.",
    "who_can_see('coalition')": "Every partner in the coalition can see this.",
    "who_can_see('public')": "Anyone can see this.",
    "who_can_see('readers')": "asked to sign off",
    "who_can_see('unit')": "Only your branch",
    "who_can_see('unit', text='Us')": "Us",
    "notice('Careful', 'warn')": "Careful",
    "dialog('d', 'Sure?')": '<dialog class="dialog" id="d" aria-labelledby="d-title">',
    "party('Green', '#0a0')": 'fill="#0a0"',
    "party('Odd', 'url(x)')": "Odd",
    "stat(12847, 'signed')": "12,847",
    "timeline()": "<ol",
    "timeline_item(none, 'Met')": "Met",
    "when(none)": "",
    "hexmap([], 'None')": "<figure",
    "hexmap([{'q': 0, 'r': 0, 'label': 'A'}, {'q': 1, 'r': 1, 'tone': 'accent'}])": "<polygon",
    "tally(1)": "person has signed",
    "tally(none, goal=100)": "0% of the way",
    "error_summary(none)": "",
    "csrf()": "",
    "copy('text')": "data-copy",
}


@pytest.mark.parametrize(("call", "expected"), CALLS.items(), ids=CALLS.keys())
def test_every_component_stands_alone(pages: Flask, call: str, expected: str) -> None:
    found = render(pages, "{{ ui." + call + " }}")
    assert expected in found
    assert "url(" not in found
    assert " style=" not in found


def test_components_take_a_call_block(pages: Flask) -> None:
    for name in (
        "page_header('T')",
        "card('T')",
        "dialog('d', 'T')",
        "empty_state('T')",
        "timeline()",
        "hexmap([])",
    ):
        assert "inside" in render(pages, "{% call ui." + name + " %}inside{% endcall %}"), name


@pytest.mark.parametrize("name", list(EveryField()._fields))
def test_a_field_of_every_kind_has_its_label_and_error(pages: Flask, name: str) -> None:
    form = EveryField(MultiDict())
    form.validate()
    found = render(pages, "{{ ui.field(f, hint='A hint') }}", f=form[name])
    if name == "token":
        assert 'type="hidden"' in found
        return
    assert str(form[name].label.text) in found
    assert f'id="{name}-hint"' in found
    if form[name].errors:
        assert f'id="{name}-error"' in found
        assert 'aria-invalid="true"' in found
        assert f"{name}-hint {name}-error" in found


def test_the_error_summary_links_to_fields_that_exist(pages: Flask) -> None:
    form = EveryField(MultiDict())
    form.validate()
    source = "{{ ui.error_summary(form) }}{% for f in form %}{{ ui.field(f) }}{% endfor %}"
    found = render(pages, source, form=form)
    links = re.findall(r'href="#([\w-]+)"', found)
    assert len(links) == len(form.errors) > 1
    assert all(f'id="{target}"' in found for target in links)
    assert f"{len(form.errors)} things to put right" in found


def test_cells_carry_the_column_for_narrow_screens(pages: Flask) -> None:
    rows = "<tr><th>Ines</th><td class='numeric'>4</td><td>go</td></tr>"
    headers = "['Member', ('Contacts & more', 'numeric'), ('Act', {'hidden': true})]"
    found = render(pages, "{% call ui.table(" + headers + ") %}" + rows + "{% endcall %}")
    assert 'data-label="Contacts &amp; more"' in found
    assert 'role="rowheader"' in found
    assert 'data-label="Act"' not in found
    assert found.count('role="row"') == 2


def test_pages_keep_their_filters(pages: Flask) -> None:
    found = render(pages, "{{ ui.pagination(page) }}", page=SimpleNamespace(next_cursor="n/1"))
    assert 'href="/list?party=lab&amp;cursor=n%2F1"' in found
    assert 'href="/list?party=lab"' in found


LAYOUTS = [
    "layout/staff.html",
    "layout/public.html",
    "layout/door.html",
    "errors/404.html",
    "errors/500.html",
]


@pytest.mark.parametrize("template", LAYOUTS)
def test_layouts_need_no_variable_and_hold_nothing_inline(pages: Flask, template: str) -> None:
    with pages.test_request_context("/"):
        found = render_template(template)
    assert '<main class="page" id="main"' in found
    assert "skip-link" in found
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?! type=\"module\" src=)", found)


def test_an_error_page_is_the_same_twice(pages: Flask) -> None:
    with pages.test_request_context("/people/1"):
        first = render_template("errors/404.html")
    with pages.test_request_context("/people/2"):
        assert render_template("errors/404.html") == first
    assert "csrf" not in first


def test_the_staff_layout_shows_the_scope_and_switches(pages: Flask) -> None:
    memberships = [
        SimpleNamespace(id=n, organisation_id=n, organisation_name=name, role="organiser", is_current=n == 1)
        for n, name in ((1, "Praxis"), (2, "Liberty"))
    ]
    actor = SimpleNamespace(
        display_name="Ama Owusu", organisation_name="Praxis", role="organiser", memberships=memberships
    )
    campaign = SimpleNamespace(name="Care Don’t Share", accent="plum")
    with pages.test_request_context("/"):
        found = render_template(
            "layout/staff.html",
            actor=actor,
            campaign=campaign,
            navigation=[("Today", "/", True, "today")],
            quick_log_url="/log",
        )
    for part in ("Praxis", "Care Don’t Share", 'action="/switch"', 'data-accent="plum"', 'data-shortcut="l"'):
        assert part in found


def test_words_for_dates_and_numbers(pages: Flask) -> None:
    with pages.test_request_context("/"):
        assert ui.longdate(date(2018, 12, 4)) == "4 December 2018"
        assert ui.long_datetime(datetime(2018, 7, 4, 23, 30, tzinfo=UTC)) == "5 July 2018, 00:30"
        assert ui.longdate(datetime(2018, 7, 4, 23, 30, tzinfo=UTC)) == "5 July 2018"
        assert ui.number(12847) == "12,847"
        assert [ui.file_size(one) for one in (1, 1025, 2**20, 2048 * 2**20)] == [
            "1 kB",
            "2 kB",
            "1 MB",
            "2,048 MB",
        ]
        assert (ui.longdate(None), ui.long_datetime(None), ui.number(None)) == ("", "", "")


def test_links_to_places_that_are_not_there_yet(pages: Flask) -> None:
    with pages.test_request_context("/"):
        assert ui.link("nowhere", "people.show", number=7) == "/people/7"
        assert ui.link("nowhere") is None
        assert ui.link("people.show") is None


def test_colours_and_accents_from_outside_are_checked() -> None:
    assert ui.safe_colour("#0A0b0c") == "#0A0b0c"
    assert [ui.safe_colour(bad) for bad in ("red;x", "#12", None, "#1234567")] == [""] * 4
    assert ui.accent_name("</style>") == "vermilion"


def test_neighbouring_hexagons_do_not_overlap() -> None:
    cells = [{"q": q, "r": r, "label": f"{q}.{r}"} for q in range(4) for r in range(4)]
    drawn = ui.hexagon_map(cells)
    centres = []
    for hexagon in drawn.hexagons:
        corners = [tuple(map(float, corner.split(","))) for corner in hexagon.points.split()]
        centres.append((sum(x for x, _ in corners) / 6, sum(y for _, y in corners) / 6))
    gaps = [
        ((ax - bx) ** 2 + (ay - by) ** 2) ** 0.5
        for n, (ax, ay) in enumerate(centres)
        for bx, by in centres[n + 1 :]
    ]
    assert min(gaps) == pytest.approx(10 * 3**0.5, abs=0.05)
    assert centres[0][1] > centres[1][1], "rows count upwards"
