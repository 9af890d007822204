"""Choosing whom a mailing goes to: by what the campaign knows of them, and how they are greeted."""

import re
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from organising.lobbying.models import Commitment, Target
from organising.lobbying.queries.grid import TargetCriteria
from organising.lobbying.services import log_engagement
from organising.lobbying.services.segments import save_segment
from organising.organisations.models import Ask
from organising.platform.clock import today
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import Affiliation, Body, ContactPoint, OfficeHolding, Party
from tests.support.mailings import member_ids, wording
from tests.support.representatives import put_on_record
from tests.unit.lobbying.seeds import draft, position

NAMES = re.compile(r"Ada Member(\d{4})")


@pytest.fixture
def mailing(people):
    """A draft to nobody yet."""
    from organising.mailings.services import drafting

    with people.world.context("neu", people.organiser) as session:
        made = drafting.compose_mailing(people.organiser, wording()).id
        session.commit()
    return made


@pytest.fixture
def browser(people):
    return people.world.browser(people.organiser)


def ask(world):
    with world.context("neu") as session:
        return session.scalars(select(Ask).where(Ask.code == "DP-1")).one().id


def found(browser, mailing, **criteria) -> list[int]:
    """The numbers of those whom the filter offers."""
    page = browser.get(f"/mailings/{mailing}/audience?{urlencode(criteria)}").text
    return (
        [int(one) for one in NAMES.findall(page.split('class="choices"')[1].split("</form>")[0])]
        if ('class="choices"' in page)
        else []
    )


def chosen(world, mailing) -> int:
    with world.context("neu") as session:
        return session.scalar(
            text("SELECT count(*) FROM mailing_choice WHERE mailing_id = :m"), {"m": mailing}
        )


def test_by_committee_and_by_group(people, mailing, browser):
    first, second = member_ids(people.world)[:2]
    committee, group = uuid4(), uuid4()
    put_on_record(
        people.world.app,
        Body(id=committee, kind="committee", key="home", name="Home Affairs", sort_key="home", source="test"),
        Body(id=group, kind="group", key="wall", name="APPG on Firewalls", sort_key="appg", source="test"),
    )
    put_on_record(
        people.world.app,
        *(
            Affiliation(
                person_id=person, holder_scheme="test", holder_value=f"{number}", kind=kind, body_id=body,
                end_on=end, source="test", source_id=f"{number}", source_statement="{}",
            )
            for number, (person, kind, body, end) in enumerate(
                [(first, "committee", committee, None), (second, "committee", committee, date(2020, 1, 1)),
                 (second, "group", group, None)]
            )
        ),
    )  # fmt: skip
    assert found(browser, mailing, body=committee) == [1]
    assert found(browser, mailing, body=group) == [2]
    assert "APPG on Firewalls" in browser.get(f"/mailings/{mailing}/audience").text


def test_by_lead_and_by_a_saved_segment(people, mailing, browser):
    ids = member_ids(people.world)
    coordinator = people.world.user("liberty", "coordinator")
    with people.world.context("liberty", coordinator) as session:
        session.add_all(
            Target(
                campaign_id=people.world.campaign, author_label="x", person_id=one,
                lead_organisation_id=people.world.organisations["neu"],
            )
            for one in ids[:2]
        )  # fmt: skip
        criteria = TargetCriteria(lead=str(people.world.organisations["neu"]), kind="")
        segment = save_segment(coordinator, "Led by the NEU", criteria).id
        session.commit()
    assert found(browser, mailing, lead=people.world.organisations["neu"]) == [1, 2]
    assert found(browser, mailing, lead="none") == [3, 4, 5, 6]
    assert found(browser, mailing, segment=segment, kind="") == [1, 2]
    assert found(browser, mailing, segment=segment, q="member0002") == [2]
    assert "Led by the NEU" in browser.get(f"/mailings/{mailing}/audience").text


def test_a_segment_that_is_gone_finds_nobody(mailing, browser):
    assert found(browser, mailing, segment="00000000-0000-4000-8000-000000000000") == []
    assert found(browser, mailing, segment="nonsense") == []


def test_by_position_on_an_ask(people, mailing, browser):
    about = ask(people.world)
    ids = member_ids(people.world)
    with people.world.context("neu", people.organiser) as session:
        log_engagement(people.organiser, draft(ids[2], position=position(about, position="supporter")))
        log_engagement(people.organiser, draft(ids[3], position=position(about, position="opposed")))
        session.commit()
    assert found(browser, mailing, ask=about, position="supporter") == [3]
    assert found(browser, mailing, ask=about, position="unknown") == [1, 2, 5, 6]
    answer = browser.get(f"/mailings/{mailing}/audience?position=supporter")
    assert answer.status_code == 422
    assert "Choose the ask that the position is on." in answer.text


def test_by_what_was_promised_and_not_delivered(people, mailing, browser):
    about = ask(people.world)
    ids = member_ids(people.world)
    yesterday = today() - timedelta(days=1)
    states = {0: ("promised", None), 1: ("promised", yesterday), 2: ("broken", None), 3: ("asked", None)}
    with people.world.context("neu", people.organiser) as session:
        session.add_all(
            Commitment(
                campaign_id=people.world.campaign, author_label="x", person_id=ids[place], ask_id=about,
                kind="speak", state=state, asked_on=yesterday, due_on=due, owner_label="x",
                promised_on=None if state == "asked" else yesterday,
            )
            for place, (state, due) in states.items()
        )  # fmt: skip
        session.commit()
    assert found(browser, mailing, promise="promised", ask=about) == [1, 2]
    assert found(browser, mailing, promise="promised") == [1, 2]
    assert found(browser, mailing, promise="overdue") == [2]
    assert found(browser, mailing, promise="broken") == [3]
    assert found(browser, mailing, promise="nonsense") == []
    other = next(one for one in _asks(people.world) if one != about)
    assert found(browser, mailing, promise="promised", ask=other) == []


def _asks(world):
    with world.context("neu") as session:
        return list(session.scalars(select(Ask.id)))


def test_by_last_contact_with_any_partner(people, mailing, browser):
    ids = member_ids(people.world)
    praxis = people.world.user("praxis", "organiser")
    with people.world.context("praxis", praxis) as session:
        log_engagement(praxis, draft(ids[0], happened_on=today() - timedelta(days=60)))
        log_engagement(praxis, draft(ids[1], happened_on=today() - timedelta(days=60)))
        log_engagement(praxis, draft(ids[1], happened_on=today() - timedelta(days=2)))
        session.commit()
    day = (today() - timedelta(days=30)).isoformat()
    assert found(browser, mailing, contacted="never") == [3, 4, 5, 6]
    assert found(browser, mailing, contacted="before", day=day) == [1]
    assert found(browser, mailing, contacted="since", day=day) == [2]
    answer = browser.get(f"/mailings/{mailing}/audience?contacted=before")
    assert answer.status_code == 422
    assert "Choose the day." in answer.text


def test_the_count_stands_before_and_adding_can_be_undone(people, mailing, browser):
    browser.post(f"/mailings/{mailing}/audience/additions", data={"all": "1", "q": "member0001"})
    assert "5 are not chosen yet" in browser.get(f"/mailings/{mailing}/audience").text
    filtered = browser.get(f"/mailings/{mailing}/audience?q=member0002").text
    assert "One representative found" in filtered
    added = browser.post(f"/mailings/{mailing}/audience/additions", data={"all": "1"}, follow_redirects=True)
    assert "5 representatives added." in added.text
    assert "Take out again the 5 just added" in added.text
    assert chosen(people.world, mailing) == 6
    batch = re.search(r'name="batch" value="([0-9a-f-]+)"', added.text)
    assert batch
    undone = browser.post(
        f"/mailings/{mailing}/audience/removals", data={"batch": batch.group(1)}, follow_redirects=True
    )
    assert "5 representatives taken out." in undone.text
    assert "Take out again" not in undone.text
    assert chosen(people.world, mailing) == 1


def test_whoever_was_taken_out_can_be_put_back_as_they_were(people, mailing, browser):
    here = f"/mailings/{mailing}/audience"
    browser.post(f"{here}/additions", data={"all": "1"})
    whole = chosen(people.world, mailing)
    ticked = re.findall(r'name="choice" value="([0-9a-f-]+)"', browser.get(here).text)
    out = browser.post(f"{here}/removals", data={"choice": ticked[:2]}, follow_redirects=True).text
    assert "Put back the 2 just taken out" in out
    assert chosen(people.world, mailing) == whole - 2
    assert "Put back" not in browser.get(here).text
    everybody = browser.post(f"{here}/removals", data={"all": "1"}, follow_redirects=True)
    assert f"Put back the {whole - 2} just taken out" in everybody.text
    assert chosen(people.world, mailing) == 0
    for _twice in range(2):
        browser.post(f"{here}/restorations")
        assert chosen(people.world, mailing) == whole - 2
    one = browser.post(
        f"{here}/removals", data={"choice": ticked_now(browser, mailing)}, follow_redirects=True
    ).text
    assert "Put back Ada Member" in one
    browser.post(f"{here}/additions", data={"all": "1"})
    # Chosen again by another way meanwhile: nobody stands there twice.
    browser.post(f"{here}/restorations")
    assert chosen(people.world, mailing) == whole


def test_a_greeting_that_was_checked_comes_back_with_whom_it_greets(people, mailing, browser):
    here = f"/mailings/{mailing}/audience"
    browser.post(f"{here}/additions", data={"all": "1"})
    browser.post(
        f"/mailings/{mailing}/salutations", data={f"s-{ticked_now(browser, mailing)}": "Ada, my friend"}
    )
    browser.post(f"{here}/removals", data={"all": "1"})
    page = browser.post(f"{here}/restorations", follow_redirects=True).text
    assert "Dear Ada, my friend" in page
    # A partner who knows the ids puts nobody anywhere.
    foreign = people.world.browser(people.world.user("liberty", "admin"))
    browser.post(f"{here}/removals", data={"all": "1"})
    assert foreign.post(f"{here}/restorations").status_code == 404
    assert chosen(people.world, mailing) == 0


def ticked_now(browser, mailing) -> str:
    """The first of those chosen."""
    page = browser.get(f"/mailings/{mailing}/audience").text
    return page.split('name="choice" value="')[1].split('"')[0]


def test_nobody_is_chosen_twice_though_they_hold_two_offices(people, mailing, browser):
    first = member_ids(people.world)[0]
    put_on_record(
        people.world.app,
        OfficeHolding(person_id=first, kind="minister", source="test", start_on=date(2025, 1, 1)),
    )
    browser.post(f"/mailings/{mailing}/audience/additions", data={"all": "1"})
    assert found(browser, mailing, kind="minister") == []
    browser.post(f"/mailings/{mailing}/audience/additions", data={"all": "1", "kind": ""})
    assert chosen(people.world, mailing) == 6


def test_shared_addresses_are_grouped(people):
    mailing = people.draft()
    with people.world.app.app_context(), use_context(Context(purpose="import")) as session:
        for point in session.scalars(select(ContactPoint).order_by(ContactPoint.email).limit(3)):
            point.email = "Whips@parliament.example"
        session.commit()
    page = people.world.browser(people.organiser).get(f"/mailings/{mailing}/audience").text
    assert "One address is shared" in page
    row = page.split("Shared addresses</caption>")[1].split("</table>")[0]
    assert NAMES.findall(row) == ["0001", "0002", "0003"]


def test_a_party_nobody_sits_for_finds_nobody(people, mailing, browser):
    put_on_record(people.world.app, Party(key="ghost", name="Ghost Party"))
    assert found(browser, mailing, party="ghost") == []
    assert found(browser, mailing, party="orchard") == [1, 2, 3, 4, 5, 6]


def test_salutations_are_checked_one_by_one_and_the_cursor_goes_on(people):
    """Enter in a line sends that line alone; the next that nobody has checked comes first, with the cursor in it."""
    mailing, browser = people.draft(), people.world.browser(people.organiser)
    here = f"/mailings/{mailing}/salutations"
    for number in range(1, 7):
        page = browser.get(here).text
        form = page.split("<tbody")[1].split("<form")[1].split("</form>")[0]
        name, words = re.search(r'name="(s-[0-9a-f-]+)" value="([^"]*)"', form).groups()
        assert words == f"Ms Member{number:04}"
        assert form.count("<input") - form.count('type="hidden"') == 1
        answer = browser.post(here, data={name: f"Ada no. {number}", "one": "1"}, follow_redirects=True)
        assert "One salutation checked." in answer.text or "1 salutation checked." in answer.text
        first = answer.text.split("<tbody")[1].split("</tr>")[0]
        assert ("autofocus" in first) == (number < 6)
    page = browser.get(here).text
    assert "All are checked." in page
    assert page.count("Ada no.") == 12
