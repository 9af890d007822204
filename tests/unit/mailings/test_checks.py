"""Checks before sign-off, over texts alone: what each finds, and what it lets pass."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from organising.mailings.checks import (
    Earlier,
    Span,
    Surroundings,
    check_texts,
    check_timing,
    check_written_lately,
    in_groups,
)
from organising.mailings.checks.likeness import share_said_before
from organising.mailings.checks.links import COUNTERS, SHORTENERS
from organising.mailings.checks.spelling import one_edit_apart

GOOD = """Dear {{ salutation }},

I write for the {{ organisation }} about schools in {{ constituency }}. We ask you to support a firewall between
education data and immigration enforcement.

Teachers in {{ constituency }} tell us that parents keep children at home because they fear who reads the register.
A school that is trusted is a school that is full. Our briefing: https://firewall.example.org/briefing

Will you meet two of them before the recess?

Yours sincerely,
A campaigner
"""
NAMES = {
    "a representative": ["Diane Abbott", "Abbott", "Conor O’Brien", "O’Brien", "Sarah Merrow", "Merrow"],
    "a constituency": ["Hackney North and Stoke Newington", "Reading Central", "Stockport"],
    "a partner": ["Doctors of the World UK", "Latin American Women’s Rights Service", "LAWRS", "NEU"],
}
GIVEN = Surroundings(["National Education Union", "NEU"], NAMES)


def codes(
    body: str = GOOD, subject: str = "A question about {{ constituency }}", given: Surroundings = GIVEN
) -> list[str]:
    return [one.code for one in check_texts(subject, body, given)]


def with_line(line: str) -> str:
    return GOOD.replace("Will you meet", f"{line}\n\nWill you meet")


def test_a_good_letter_has_nothing_to_say_about() -> None:
    assert codes() == []


@pytest.mark.parametrize(
    "link",
    [
        "https://www.parliament.uk/",
        "https://bills.parliament.uk/bills/3000?page=2",
        "https://example.org/a_(b)",
        "(see https://example.org/a)",
        "https://xn.example.org:8443/p?q=a%20b#part",
        "https://example.org/?Search=1&order=asc.",
    ],
)
def test_a_whole_link_passes(link: str) -> None:
    assert codes(with_line(link)) == []


@pytest.mark.parametrize(
    ("link", "code"),
    [
        ("http://example.org/a", "link_http"),
        ("www.example.org/a", "link_bare"),
        ("https://bit.ly/3xYz", "link_shortener"),
        ("https://www.tinyurl.com/abc", "link_shortener"),
        ("https://neu.us1.list-manage.com/track/click?u=1", "link_tracker"),
        ("https://eur01.safelinks.protection.outlook.com/?url=x", "link_tracker"),
        ("https://example.org/?fbclid=abc", "link_tells_who"),
        ("https://example.org/?a=1&MC_EID=abc", "link_tells_who"),
        ("https://example.org/?utm_source=mail&utm_medium=x", "link_campaign"),
        ("https://example.org/?seat={{ constituency }}", "link_field"),
        ("https://example.org/{{ full_name }}/a", "link_field"),
        ("https:/example.org/a", "link_broken"),
        ("https://", "link_broken"),
        ("https://example", "link_broken"),
        ("https://localhost/a", "link_broken"),
        ("https://intranet.local/a", "link_broken"),
        ("https://192.168.0.1/a", "link_broken"),
        ("https://[::1]/a", "link_broken"),
        ("https://[::1/a", "link_broken"),
        ("https://user:secret@example.org/", "link_broken"),
        ("https://example.org:99999/", "link_broken"),
        ("https://exa_mple.org/", "link_broken"),
        ("https://-example.org/", "link_broken"),
        ("https://example..org/", "link_broken"),
        ("https://example.org/%zz", "link_broken"),
        ("ftp://example.org/a", "link_broken"),
        ("https://xn--e1awd7f.example.org/", "link_letters"),
        ("https://example.org/" + "a" * 200, "link_long"),
        ("Click here: https://example.org/", "link_vague"),
        ("[Our briefing](https://example.org/)", "link_marked_up"),
    ],
)
def test_a_link_that_is_not_whole_or_not_open_is_told(link: str, code: str) -> None:
    assert codes(with_line(link)) == [code]


STOPS = {"link_shortener", "link_tracker", "link_tells_who", "link_field", "link_broken", "left_over"}


def test_what_stops_and_what_is_to_be_known() -> None:
    bad = with_line(
        "http://example.org https://bit.ly/a https://x.example.org/?gclid=1 ftp://example.org [NAME] TBC!!"
    )
    found = list(check_texts("Hi", bad, GIVEN))
    assert {one.code for one in found if one.stops} == STOPS - {"link_tracker", "link_field"}
    assert {one.code for one in found if not one.stops} == {"link_http", "perhaps_left_over", "exclamation"}
    assert all(str(one.words) and str(one.fix) for one in found)


def test_every_listed_shortener_and_counter_stops() -> None:
    for host in SHORTENERS:
        assert codes(with_line(f"https://{host}/abc")) == ["link_shortener"], host
    for host in COUNTERS:
        assert codes(with_line(f"https://a.{host}/abc")) == ["link_tracker"], host


def test_many_links_and_one_in_the_subject() -> None:
    assert codes(with_line(" ".join(f"https://example.org/{n}" for n in range(6)))) == ["many_links"]
    assert codes(subject="See https://example.org/") == ["link_in_subject"]


def test_a_finding_says_where() -> None:
    (found,) = check_texts("Hi", with_line("A line with http://example.org/a in it."), GIVEN)
    assert found.place is not None
    assert found.place.line == GOOD[: GOOD.index("Will you meet")].count("\n") + 1
    assert found.place.excerpt == "http://example.org/a"
    (found,) = check_texts("Dear [NAME]", GOOD, GIVEN)
    assert found.place is not None
    assert (found.place.line, found.place.excerpt) == (None, "[NAME]")


@pytest.mark.parametrize(
    "text",
    ["[NAME]", "[MP name]", "[insert constituency]", "[Your Name]", "XXX", "xxxx", "TODO", "FIXME: more", "Lorem ipsum dolor",
     "____", "{constituency}", "{ first name }", "<name>", "<insert date here>", "%FIRSTNAME%", "*|FNAME|*", "YOUR NAME HERE",
     "[XX]", "[ADD QUOTE]"],
)  # fmt: skip
def test_what_was_to_be_filled_in_stops(text: str) -> None:
    assert codes(with_line(f"The member said {text} to us.")) == ["left_over"]


@pytest.mark.parametrize("text", ["the date is TBC", "really???", "“[the department] shared it”"])
def test_what_may_be_meant_does_not_stop(text: str) -> None:
    (found,) = check_texts("Hi", with_line(f"We heard {text} from them."), GIVEN)
    assert (found.code, found.stops) == ("perhaps_left_over", False)


@pytest.mark.parametrize(
    "text", ["[1]", "[12]", "[…]", "a < b and c > d", "Hansard, 3 May", "under s. 3(2)", "Todos", "maximum"]
)
def test_what_people_write_passes(text: str) -> None:
    assert codes(with_line(f"We rely on {text} in this.")) == []


def test_length() -> None:
    assert codes(GOOD + "\n\n" + "word " * 400) == ["long"]
    assert "short" in codes("Dear {{ salutation }},\n\nNo.")
    assert codes(
        subject="A question about what happens in {{ constituency }} to those who keep a promise"
    ) == ["long_subject"]


def test_shouting() -> None:
    assert codes(subject="URGENT: PLEASE read") == ["capitals"]
    assert codes(subject="Act now!") == ["exclamation"]
    assert codes(with_line("This is a VERY BIG AND DANGEROUS mistake of the NEU and LAWRS.")) == []
    assert codes(with_line("This is WRONG, CRUEL and DANGEROUS.")) == ["capitals"]
    assert codes(with_line("LAWRS, LAWRS and LAWRS agree.")) == []


@pytest.mark.parametrize(
    ("opening", "missing"),
    [
        ("I am writing about data. It matters.", ["opening_who", "opening_ask", "opening_here"]),
        ("We at the NEU are worried about your constituents.", ["opening_ask"]),
        ("I am a teacher at a school in your area. Will you help?", []),
        ("The National Education Union asks you for something.", ["opening_ask", "opening_here"]),
        ("On behalf of {{ organisation }}, we urge you to act in {{ constituency }}.", []),
        ('My name is Ada. {{ ask }} People in {{ constituency|"your area" }} want it.', []),
        ("{{ organisation }} writes. Please act locally.", []),
    ],
)
def test_the_opening_says_who_what_and_why_here(opening: str, missing: list[str]) -> None:
    rest = "\n\n".join(
        ["Nobody is helped by a register that is shared with others who were never meant to see it at all."]
        * 4
    )
    # What comes later is no opening.
    late = "We ask you, on behalf of the NEU, to act for your constituents."
    assert codes(f"Dear {{{{ salutation }}}},\n\n{opening}\n\n{rest}\n\n{late}") == missing


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Diane Abbot", "Diane Abbott"),
        ("Ms Abbot", "Abbott"),
        ("Dianne Abbott", "Diane Abbott"),
        ("Ms Merorw", "Merrow"),
        ("Hackney North and Stoke Newingtno", "Hackney North and Stoke Newington"),
        ("people in Stokport", "Stockport"),
        ("Doctors of the Word UK", "Doctors of the World UK"),
        ("Latin American Womens Rights Servce", "Latin American Women’s Rights Service"),
    ],
)
def test_a_name_one_letter_off_is_told_with_the_right_one(written: str, meant: str) -> None:
    (found,) = check_texts("Hi", with_line(f"As {written} said."), GIVEN)
    assert found.code == "name_misspelt"
    assert f"Write “{meant}”" in str(found.fix)
    assert not found.stops


@pytest.mark.parametrize(
    "written",
    ["Diane Abbott", "Ms Merrow", "Conor OBrien", "Stockport", "Reading Central", "Leading schools", "the abbot of Stockport", "Heading east",
     "Doctors of the World UK", "LAWRS", "the NEU", "Latin American Womens Rights Service"],
)  # fmt: skip
def test_a_name_that_is_right_or_none_is_not_told(written: str) -> None:
    assert codes(with_line(f"{written} is meant.")) == []


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("abbot", "abbott", True), ("abbott", "abbott", False), ("abbtot", "abbott", True), ("abc", "cba", False),
     ("", "a", True), ("", "ab", False), ("abbeta", "abbott", False), ("bbott", "abbott", True), ("abboty", "abbott", True)],
)  # fmt: skip
def test_one_edit(one: str, other: str, apart: bool) -> None:
    assert one_edit_apart(one, other) is apart
    assert one_edit_apart(other, one) is apart


def test_likeness_strips_greeting_sign_off_and_fields() -> None:
    other = (
        GOOD.replace("Dear {{ salutation }},", "Hello there,")
        .replace("{{ constituency }}", "{{ party }}")
        .replace("Yours sincerely,\nA campaigner", "Kind regards,\nSomebody else entirely\nof another place")
    )
    assert share_said_before(GOOD, other) == 1.0
    assert (
        share_said_before(GOOD, "Dear {{ salutation }},\n\nNothing of the kind was ever said to anybody.")
        == 0.0
    )
    assert share_said_before("", GOOD) == 0.0


def test_likeness_is_told_with_those_who_have_had_it_first() -> None:
    left = datetime(2026, 11, 3, tzinfo=UTC)
    earlier = [
        Earlier("To others", GOOD, 0, left),
        Earlier("To them", GOOD, 3, left),
        Earlier("Else", "Nothing alike.", 9, left),
    ]
    found = list(check_texts("Hi", GOOD, Surroundings(["NEU"], {}, earlier)))
    assert [one.code for one in found] == ["said_to_them", "said_before"]
    assert "3 of them have had" in str(found[0].words)
    assert "100 %" in str(found[0].words)


def test_who_was_written_to_is_a_number_and_named_where_that_may_be() -> None:
    written = [("Ada", 0), ("Bo", 1), ("Cy", 2), ("Bo", 1)]
    (found,) = check_written_lately(written[:3], 30)
    assert str(found.words) == (
        "2 of them were written to in the last 30 days by some partner; the most letters to one person: 2."
    )
    assert not found.people
    (named,) = check_written_lately(written, 30, may_name=True)
    assert named.people == [("Cy", 2), ("Bo", 1), ("Bo", 1)]
    assert list(check_written_lately([("Ada", 0)], 30, may_name=True)) == []


def test_groups_stand_in_order_with_what_stops_first() -> None:
    bad = with_line("http://example.org then https://bit.ly/a and [NAME]")
    grouped = in_groups(check_texts("Hi", bad, GIVEN))
    assert [str(name) for name, _ in grouped] == ["Links", "Length and wording"]
    assert [one.code for one in grouped[0][1]] == ["link_shortener", "link_http"]


def test_hostile_letters_of_the_greatest_length_come_to_an_end() -> None:
    names = {"a representative": [f"Ada Member{n:04}" for n in range(650)]}
    hostile = ("Ab ", "[", "https://", "{{ ", "A", "?!_<{%*|", "Dear\n", "a:/", "[a ")
    found = [
        len(list(check_texts("Hi", (text * 50_000)[:50_000], Surroundings(["NEU"], names))))
        for text in hostile
    ]
    assert all(found)


BEGINS = datetime(2026, 12, 1, 9, tzinfo=UTC)


def timing(ends: datetime | None, recesses: Sequence[Span] = (), dissolved: Sequence[Span] = ()) -> list[str]:
    return [one.code for one in check_timing(BEGINS, ends, recesses, dissolved)]


def test_what_lies_in_the_way_of_its_time() -> None:
    assert timing(BEGINS + timedelta(hours=3)) == []
    assert timing(BEGINS + timedelta(days=3)) == ["takes_days"]
    assert timing(None) == ["never_over"]
    recess = Span("Christmas recess", date(2026, 12, 18), date(2027, 1, 5))
    (found,) = check_timing(BEGINS, BEGINS, [recess], [])
    assert "Christmas recess, 18 December 2026 to 5 January 2027" in str(found.words)
    assert timing(BEGINS, [recess], [Span("The 60th Parliament", date(2026, 12, 2))]) == [
        "dissolution",
        "recess",
    ]


def test_the_signature_is_looked_at_too() -> None:
    signed = replace(GIVEN, signature="The NEU\nhttps://bit.ly/neu\n[NAME]")
    found = list(check_texts("Hi", GOOD, signed))
    assert [one.code for one in found] == ["link_shortener", "left_over"]
    assert all("In the signature" in str(one.place.words) for one in found if one.place)
