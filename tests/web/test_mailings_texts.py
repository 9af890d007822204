"""Writing a mailing: shown as it reads, told where it is wrong, kept in versions, begun from what was written before."""

import re
from uuid import UUID

import pytest
from sqlalchemy import select

from organising.lobbying.models import Commitment
from organising.lobbying.services import log_engagement
from organising.mailings.models import Mailing, MailingChoice, MailingVersion
from organising.organisations.models import Ask
from organising.platform.clock import today
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import OfficeHolding, Party, Person
from tests.support.mailings import Campaigners, seat_members, wording
from tests.unit.lobbying.seeds import draft, position


@pytest.fixture
def people(app, world):
    seat_members(app, 4)
    return Campaigners.at(world)


@pytest.fixture
def browser(people):
    return people.world.browser(people.organiser)


def typed(**changes) -> dict[str, object]:
    return {name: value or "" for name, value in vars(wording(**changes)).items()}


def version(browser, mailing) -> str:
    page = browser.get(f"/mailings/{mailing}/text").text
    return re.search(r'name="version" type="hidden" value="(\d+)"', page).group(1)


def save(browser, mailing, **changes):
    data = typed(**changes) | {"version": version(browser, mailing)}
    return browser.post(f"/mailings/{mailing}/text", data=data, follow_redirects=True)


def reading(page: str) -> str:
    """What the page shows as the letter, without tags."""
    part = page.split('id="reading"')[1].split("</aside>")[0].split("Fields you can use")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", part))


def test_the_letter_is_shown_as_somebody_would_read_it_and_nothing_is_saved(people, browser):
    data = typed(body="Dear {{ salutation }}, of {{ constituency }}") | {"preview": "1"}
    answer = browser.post("/mailings/new", data=data)
    assert answer.status_code == 200
    assert "Dear Ms Member0001, of Seat 0001" in reading(answer.text)
    with people.world.context("neu") as session:
        assert session.scalar(select(Mailing.id)) is None


def test_the_one_it_is_shown_to_can_be_chosen_by_name_or_id(people, browser):
    data = typed(body="To {{ full_name }}.") | {"preview": "1"}
    assert "To Ada Member0003." in reading(
        browser.post("/mailings/new", data=data | {"shown_to": "member0003"}).text
    )
    with people.world.context("neu") as session:
        fourth = session.scalars(select(Person.id).where(Person.name == "Ada Member0004")).one()
    shown = browser.post("/mailings/new", data=data | {"shown_to": "x", "shown_to_id": str(fourth)}).text
    assert "To Ada Member0004." in reading(shown)
    assert (
        "Nobody in office is called this."
        in browser.post("/mailings/new", data=data | {"shown_to": "nobody"}).text
    )


def test_a_checked_salutation_is_the_one_that_is_shown(people, browser):
    mailing = people.draft()
    with people.world.context("neu") as session:
        first = session.scalars(
            select(MailingChoice.id).order_by(MailingChoice.created_at, MailingChoice.id)
        ).first()
        person = session.scalars(
            select(Person.name)
            .join(MailingChoice, MailingChoice.person_id == Person.id)
            .where(MailingChoice.id == first)
        ).one()
    browser.post(f"/mailings/{mailing}/salutations", data={f"s-{first}": "Old Friend"})
    data = typed() | {"preview": "1", "shown_to": person.split()[1], "version": "1"}
    assert "Dear Old Friend" in reading(browser.post(f"/mailings/{mailing}/text", data=data).text)


@pytest.mark.parametrize(
    ("body", "place", "told"),
    [
        ("Dear {{ surname }}", "line 1, character 6", "there is no field"),
        ("a\n  {{ first_name }}", "line 2, character 3", "not known for everyone"),
        ("a\n{{ salutation", "line 2, character 1", "is not closed"),
        (
            '{{ if party is "Labur" }}x{{ end }}',
            "line 1, character 1",
            "nobody in office is of a party called",
        ),
        ("{{ if promised }}x", "line 1, character 1", "is not ended"),
    ],
)
def test_while_writing_it_is_told_where_something_is_wrong(browser, body, place, told):
    """The same page answers the script that asks while somebody types, and the button that needs none."""
    data = typed(body=body)
    answer = browser.post("/mailings/new", data=data | {"preview": "1"})
    assert answer.status_code == 200
    problems = answer.text.split('id="preview-problems"')[1].split("</div>")[0]
    assert place in problems
    assert told in problems
    assert browser.post("/mailings/new", data=data).status_code == 422


def test_a_field_without_a_value_for_this_one_is_named(people, browser):
    with people.world.app.app_context(), use_context(Context(purpose="import")) as session:
        lord = Person(name="Lord Vale", sort_key="vale")
        session.add(lord)
        session.flush()
        session.add(OfficeHolding(person_id=lord.id, kind="peer", source="test"))
        session.commit()
        lord_id = lord.id
    data = typed(body="In {{ constituency }}") | {"preview": "1", "shown_to_id": str(lord_id)}
    page = browser.post("/mailings/new", data=data).text
    assert "For Lord Vale there is no value and no fallback:" in page


def test_html_in_words_and_values_stays_words(browser):
    data = typed(body="<script>alert(1)</script> {{ salutation }}", title="<b>x") | {"preview": "1"}
    page = browser.post("/mailings/new", data=data).text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def ask_id(world) -> UUID:
    with world.context("neu") as session:
        return session.scalars(select(Ask.id).where(Ask.code == "DP-1")).one()


BLOCKS = """Dear {{ salutation }},

{{ if party is "Orchard Party" }}
Your conference voted for it.
{{ else }}
Your party is silent.
{{ end }}
{{ if position is supporter }}
Thank you for your support.
{{ end }}
{{ if promised }}
You promised to speak.
{{ end }}
{{ if delivered }}
You spoke.
{{ end }}
"""


@pytest.fixture
def told_apart(people):
    """A mailing whose blocks tell its four readers apart."""
    about = ask_id(people.world)
    with people.world.app.app_context(), use_context(Context(purpose="import")) as session:
        other = Party(key="harbour", name="Harbour Party")
        session.add(other)
        session.flush()
        fourth = session.scalars(
            select(OfficeHolding)
            .join(Person, Person.id == OfficeHolding.person_id)
            .where(Person.sort_key == "member0004")
        ).one()
        fourth.party_id = other.id
        session.commit()
    with people.world.context("neu", people.organiser) as session:
        ids = list(session.scalars(select(Person.id).order_by(Person.sort_key)))
        log_engagement(people.organiser, draft(ids[0], position=position(about, position="supporter")))
        for person, state in ((ids[1], "promised"), (ids[2], "declined")):
            session.add(
                Commitment(
                    campaign_id=people.world.campaign, author_label="x", person_id=person, ask_id=about, kind="speak",
                    state=state, asked_on=today(), promised_on=today(), owner_label="x",
                )
            )  # fmt: skip
        session.commit()
    return people.draft(body=BLOCKS, ask_id=about)


def letters(browser, mailing) -> list[str]:
    pages = [browser.get(f"/mailings/{mailing}/messages/{number}").text for number in range(1, 5)]
    return [page.split("<article")[1].split("</article>")[0] for page in pages]


def test_words_for_some_go_to_those_only_and_the_page_says_which_applied(people, browser, told_apart):
    first, second, third, fourth = letters(browser, told_apart)
    for letter in (first, second, third):
        assert "Your conference voted for it." in letter
        assert "silent" not in letter
    assert "Your party is silent." in fourth
    assert ["Thank you for your support." in letter for letter in (first, second, third, fourth)] == [
        True, False, False, False,
    ]  # fmt: skip
    assert ["You promised to speak." in letter for letter in (first, second, third, fourth)] == [
        False, True, False, False,
    ]  # fmt: skip
    page = browser.get(f"/mailings/{told_apart}/messages/4").text
    applied = re.sub(r"<[^>]+>", "", page.split('class="blocks"')[1].split("</ul>")[0])
    assert re.findall(r"(used|the other words|left out)", applied) == [
        "the other words",
        "left out",
        "left out",
        "left out",
    ]


def test_what_blocks_look_at_is_frozen_and_bound(people, browser, told_apart):
    """What is approved is what each will read: a position that changes later changes no letter."""
    people.ask(told_apart)
    before = people.hash(told_apart)
    about = ask_id(people.world)
    with people.world.context("neu", people.organiser) as session:
        second = list(session.scalars(select(Person.id).order_by(Person.sort_key)))[1]
        log_engagement(people.organiser, draft(second, position=position(about, position="supporter")))
        session.commit()
    assert "Thank you for your support." not in letters(browser, told_apart)[1]
    assert people.hash(told_apart) == before
    # In whatever way the frozen value itself were changed, the hash is another.
    with people.world.context("neu") as session:
        choice = session.scalars(
            select(MailingChoice).where(
                MailingChoice.mailing_id == told_apart, MailingChoice.person_id == second
            )
        ).one()
        choice.fields = {**choice.fields, "if_position": "supporter"}
        session.commit()
    assert people.hash(told_apart) != before


def test_a_letter_without_blocks_keeps_nothing_of_what_is_believed(people):
    mailing = people.ask(people.draft())
    with people.world.context("neu") as session:
        for fields in session.scalars(
            select(MailingChoice.fields).where(MailingChoice.mailing_id == mailing)
        ):
            assert not [name for name in fields if name.startswith("if_")]


def test_a_position_needs_an_ask(browser):
    answer = browser.post("/mailings/new", data=typed(body="{{ if promised }}x{{ end }}"))
    assert answer.status_code == 422
    assert "Choose the ask that the position or promise in it is on." in answer.text


def test_each_saved_text_is_kept_with_what_it_changed(people, browser):
    mailing = people.draft(body="One two three.\n\nThe end.")
    save(browser, mailing, body="One 2 three.\n\nThe end.")
    save(browser, mailing, body="One 2 three.\n\nThe end.", title="Only the name")
    page = browser.get(f"/mailings/{mailing}/versions").text
    assert "What version 2 changed" in page
    assert "Version 3" not in page
    shown = page.split('class="prose serif difference"')[1].split("</div>")[0]
    assert "</span>two</del>" in shown
    assert "</span>2</ins>" in shown
    assert "three.\n\nThe end." in shown
    assert "</ins>The end" not in shown


def test_an_earlier_text_is_brought_back_and_nothing_is_lost(people, browser):
    mailing = people.approved(body="First.")
    save(browser, mailing, body="Second.")
    people.approve(people.ask(mailing))
    page = browser.get(f"/mailings/{mailing}/versions?number=1&now=1").text
    assert "From version 1 to today’s text" in page
    number = re.search(r'name="version" value="(\d+)"', page).group(1)
    here = f"/mailings/{mailing}/versions/1/return"
    assert "Version 1 is back" in browser.post(here, data={"version": number}, follow_redirects=True).text
    assert people.state(mailing) == "draft"
    with people.world.context("neu") as session:
        kept = session.execute(
            select(MailingVersion.number, MailingVersion.body, MailingVersion.of_number).order_by(
                MailingVersion.number
            )
        ).all()
        assert [tuple(one) for one in kept] == [(1, "First.", None), (2, "Second.", None), (3, "First.", 1)]
        assert session.scalars(select(Mailing.body)).one() == "First."
    assert browser.post(here, data={"version": number}).status_code == 409
    assert browser.post(f"/mailings/{mailing}/versions/9/return", data={"version": number}).status_code == 404


def test_a_partner_who_signs_off_reads_no_earlier_text(people):
    mailing = people.draft(body="A first thought.")
    with people.world.context("neu", people.organiser) as session:
        from organising.mailings.services import review

        review.ask_for_sign_off(people.organiser, mailing, lend_to_lead=True)
        session.commit()
    lead = people.world.browser(people.world.user("liberty", "coordinator"))
    assert lead.get(f"/mailings/{mailing}").status_code == 200
    assert lead.get(f"/mailings/{mailing}/versions").status_code == 404
    with people.world.context("liberty") as session:
        assert session.scalars(select(MailingVersion)).all() == []


def test_who_comes_second_sees_both_and_loses_nothing(people, browser):
    mailing = people.draft(body="Theirs and mine.")
    seen = version(browser, mailing)
    other = people.world.browser(people.world.user("neu", "organiser"))
    save(other, mailing, body="Theirs now.")
    answer = browser.post(f"/mailings/{mailing}/text", data=typed(body="Mine now.") | {"version": seen})
    assert answer.status_code == 409
    assert "changed this mailing while you were writing" in answer.text
    assert ">Mine now.</textarea>" in answer.text.replace("\r\n", "").replace("\n", "")
    assert "</span>Theirs</del>" in answer.text
    again = re.search(r'name="version" type="hidden" value="(\d+)"', answer.text).group(1)
    over = browser.post(f"/mailings/{mailing}/text", data=typed(body="Mine now.") | {"version": again})
    assert over.status_code == 303
    with people.world.context("neu") as session:
        assert session.scalars(select(MailingVersion.body).order_by(MailingVersion.number)).all() == [
            "Theirs and mine.", "Theirs now.", "Mine now.",
        ]  # fmt: skip


def test_a_template_begins_a_mailing_and_is_the_organisations_own(people, browser):
    mailing = people.draft(body="A letter to keep.")
    kept = browser.post(
        f"/mailings/{mailing}/template", data={"name": "Surgery letter"}, follow_redirects=True
    )
    assert "Surgery letter" in kept.text
    template = re.search(r"/mailings/new\?template=([0-9a-f-]+)", kept.text).group(1)
    assert "A letter to keep." in browser.get(f"/mailings/new?template={template}").text
    # The same name takes the new text.
    save(browser, mailing, body="A better letter.")
    browser.post(f"/mailings/{mailing}/template", data={"name": "surgery LETTER"})
    assert browser.get("/mailings/templates").text.count("/mailings/new?template=") == 1
    assert "A better letter." in browser.get(f"/mailings/new?template={template}").text
    stranger = people.world.browser(people.world.user("praxis", "organiser"))
    assert "urgery" not in stranger.get("/mailings/templates").text
    assert stranger.get(f"/mailings/new?template={template}").status_code == 404
    assert stranger.post(f"/mailings/templates/{template}/removal").status_code == 404
    gone = browser.post(f"/mailings/templates/{template}/removal", follow_redirects=True).text
    assert "urgery" not in gone
    assert "Put it back" in gone
    assert (
        "Surgery letter"
        in browser.post(f"/mailings/templates/{template}/restoration", follow_redirects=True).text
    )


def test_a_mailing_is_written_again_from_an_earlier_one(people, browser):
    mailing = people.sending(body="Dear {{ salutation }}, once.", title="Firewall")
    page = browser.get(f"/mailings/new?from={mailing}").text
    assert "Dear {{ salutation }}, once." in page
    assert 'value="Firewall, again"' in page
    stranger = people.world.browser(people.world.user("praxis", "organiser"))
    assert stranger.get(f"/mailings/new?from={mailing}").status_code == 404


def test_letters_are_signed_as_the_organisation_says_and_keep_it_once_asked_about(people, browser):
    text = "Jo Bloggs\nOrganiser, <NEU>"
    browser.post("/mailings/signature", data={"text": text})
    mailing = people.draft(body="Dear {{ salutation }}\n\n{{ signature }}")
    assert "Jo Bloggs<br>Organiser, &lt;NEU&gt;" in letters_of(browser, mailing)
    people.ask(mailing)
    before = people.hash(mailing)
    browser.post("/mailings/signature", data={"text": "Somebody else"})
    assert "Jo Bloggs" in letters_of(browser, mailing)
    assert people.hash(mailing) == before
    fresh = people.draft(body="{{ signature }}")
    assert "Somebody else" in letters_of(browser, fresh)
    # Another organisation's letters are not signed by it.
    praxis = Campaigners.at(people.world, "praxis")
    other = praxis.draft(body="{{ signature }}")
    assert (
        "“signature” has no value"
        in praxis.world.browser(praxis.organiser).get(f"/mailings/{other}/messages/1").text
    )


def letters_of(browser, mailing) -> str:
    return browser.get(f"/mailings/{mailing}/messages/1").text.split("<article")[1].split("</article>")[0]


@pytest.mark.parametrize("text", ["{{ salutation }}", "x" * 1001])
def test_a_signature_that_would_not_be_read_as_meant_is_refused(browser, text):
    assert browser.post("/mailings/signature", data={"text": text}).status_code == 422
