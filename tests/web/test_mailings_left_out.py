"""Who of those chosen is left out of a mailing, and for which reason; whom it spares."""

import re
from datetime import date, timedelta

from sqlalchemy import select, text

from organising.lobbying.services import log_engagement
from organising.mailings.models import Mailing
from organising.platform.clock import today
from organising.representatives.models import Parliament
from tests.support.mailings import Campaigners, member_ids
from tests.support.representatives import put_on_record
from tests.unit.lobbying.seeds import draft

NAMES = re.compile(r"Ada Member(\d{4})")


def left_out(browser, mailing) -> dict[int, str]:
    """Why, by the number of each who is left out."""
    page = browser.get(f"/mailings/{mailing}/audience").text
    if 'id="left-out"' not in page:
        return {}
    rows = page.split('id="left-out"')[1].split("</table>")[0].split("<tr")[2:]
    return {int(NAMES.search(row).group(1)): re.findall(r"<td[^>]*>(.*?)</td>", row)[-1] for row in rows}


def test_an_office_that_asks_for_another_way_is_left_out(people):
    mailing, browser = people.draft(), people.world.browser(people.organiser)
    ids = member_ids(people.world)
    coordinator = people.world.browser(people.world.user("liberty", "coordinator"))
    for place, preference in enumerate(["web_form", "invitations", "no_circulars", "email"]):
        answer = coordinator.post(
            f"/representatives/{ids[place]}/contact-preference",
            data={"preference": preference, "note": "Its answer of 3 March"},
            follow_redirects=True,
        )
        assert "Its answer of 3 March" in answer.text
    assert set(left_out(browser, mailing)) == {1, 2, 3}
    assert left_out(browser, mailing)[1] == "The office asks not to be sent this by email."


def test_an_office_that_asks_after_the_approval_gets_nothing(people, smtp_sink, run_jobs):
    people.sending()
    first = member_ids(people.world)[0]
    coordinator = people.world.browser(people.world.user("liberty", "coordinator"))
    coordinator.post(
        f"/representatives/{first}/contact-preference", data={"preference": "no_circulars", "note": ""}
    )
    run_jobs()
    written = {recipient for _sender, recipient in smtp_sink.envelopes}
    assert written == {f"member{number:04}@parliament.example" for number in range(2, 7)}


def test_what_an_office_prefers_is_kept_by_those_who_keep_the_public_facts(people):
    path = f"/representatives/{member_ids(people.world)[0]}/contact-preference"
    assert people.world.browser(people.organiser).get(path).status_code == 403
    assert people.world.browser(people.organiser).post(path, data={"preference": "email"}).status_code == 403
    coordinator = people.world.browser(people.world.user("liberty", "coordinator"))
    assert coordinator.post(path, data={"preference": "carrier_pigeon"}).status_code == 422
    coordinator.post(path, data={"preference": "no_circulars", "note": ""})
    assert "No circulars" in coordinator.get(path.replace("contact-preference", "record")).text
    coordinator.post(path, data={"preference": "", "note": ""})
    assert "No circulars" not in coordinator.get(path.replace("contact-preference", "record")).text


def test_members_of_a_dissolved_parliament_are_left_out_on_the_day_itself(people):
    mailing, browser = people.draft(), people.world.browser(people.organiser)
    assert left_out(browser, mailing) == {}
    put_on_record(
        people.world.app,
        Parliament(
            chamber="commons", number=59, name="59th", elected_on=date(2024, 7, 4), dissolved_on=today()
        ),
    )
    assert set(left_out(browser, mailing).values()) == {"Parliament is dissolved, so there are no members."}


def test_whoever_has_had_enough_or_some_lately_is_spared_where_the_mailing_says_so(people):
    mailing, browser = people.draft(), people.world.browser(people.organiser)
    ids = member_ids(people.world)
    praxis = people.world.user("praxis", "organiser")
    with people.world.context("praxis", praxis) as session:
        for number in range(4):
            log_engagement(
                praxis, draft(ids[0], kind="email", headline=f"About ask {number}", happened_on=today())
            )
        log_engagement(praxis, draft(ids[1], kind="letter", happened_on=today() - timedelta(days=5)))
        log_engagement(praxis, draft(ids[2], kind="letter", happened_on=today() - timedelta(days=12)))
        log_engagement(praxis, draft(ids[3], kind="call", happened_on=today()))
        session.commit()
    assert left_out(browser, mailing) == {}
    sparing = f"/mailings/{mailing}/audience/sparing"
    browser.post(sparing, data={"spares_pressed": "y", "quiet_days": ""})
    assert set(left_out(browser, mailing)) == {1}
    browser.post(sparing, data={"quiet_days": "7"})
    assert set(left_out(browser, mailing)) == {1, 2}
    browser.post(sparing, data={"quiet_days": "14"})
    assert set(left_out(browser, mailing)) == {1, 2, 3}
    told = left_out(browser, mailing)[2]
    assert told == "Somebody in the coalition wrote to them lately."
    assert (
        "Praxis"
        not in browser.get(f"/mailings/{mailing}/audience")
        .text.split('id="left-out"')[1]
        .split("</table>")[0]
    )
    # No other span, by which somebody could find out the day.
    assert browser.post(sparing, data={"quiet_days": "3"}).status_code == 422
    assert set(left_out(browser, mailing)) == {1, 2, 3}


def test_who_got_a_partners_mailing_is_spared_without_a_word_of_whose(people):
    """The count is over all partners; whose letter it was, and what it said, stays the partner's."""
    lead = Campaigners.at(people.world, "liberty")
    sent = lead.sending(title="A secret campaign", subject="A secret subject")
    with people.world.context("liberty") as session:
        session.execute(
            text(
                "INSERT INTO delivery (organisation_id, id, mailing_id, choice_id, holding_id, place, address, message_id,"
                " state, next_at, changed_at) SELECT organisation_id, gen_random_uuid(), mailing_id, id, holding_id, place,"
                " address, id::text, 'accepted', now(), now() - interval '10 days' FROM mailing_choice"
                " WHERE mailing_id = :m AND place < 2"
            ),
            {"m": sent},
        )
        session.commit()
    mailing, browser = people.draft(), people.world.browser(people.organiser)
    browser.post(f"/mailings/{mailing}/audience/sparing", data={"quiet_days": "14"})
    assert set(left_out(browser, mailing)) == {1, 2}
    page = browser.get(f"/mailings/{mailing}/audience").text
    assert "secret" not in page.lower()
    browser.post(f"/mailings/{mailing}/audience/sparing", data={"quiet_days": "7"})
    assert left_out(browser, mailing) == {}


def test_whoever_was_written_to_between_sign_off_and_their_turn_is_held_back_and_told(
    people, smtp_sink, run_jobs
):
    """The rules that were judged when sign-off was asked hold at the claim; the mailing's own messages don't count."""
    mailing, ids = people.draft(), member_ids(people.world)
    browser = people.world.browser(people.organiser)
    browser.post(f"/mailings/{mailing}/audience/sparing", data={"spares_pressed": "y", "quiet_days": "7"})
    # A partner's mailing that only waits keeps nobody back: each would wait for the other.
    partner = Campaigners.at(people.world, "liberty")
    waiting = partner.approved()
    people.release(people.approve(people.ask(mailing)))
    with people.world.context("liberty") as session:
        expand = text(
            "INSERT INTO delivery (organisation_id, id, mailing_id, choice_id, holding_id, place, address, message_id,"
            " state, next_at, changed_at) SELECT organisation_id, gen_random_uuid(), mailing_id, id, holding_id, place,"
            " address, id::text, CASE WHEN place = 5 THEN 'accepted' ELSE 'queued' END, now() + interval '1 day', now()"
            " FROM mailing_choice WHERE mailing_id = :m"
        )
        session.execute(expand, {"m": waiting})
        session.commit()
    praxis = people.world.user("praxis", "organiser")
    with people.world.context("praxis", praxis) as session:
        log_engagement(praxis, draft(ids[0], kind="letter", happened_on=today()))
        for number in range(4):
            happened = today() - timedelta(days=20 + number)
            log_engagement(praxis, draft(ids[1], kind="email", happened_on=happened))
        session.commit()
    run_jobs()
    assert people.counts(mailing) == {"accepted": 3, "suppressed": 3}
    assert people.state(mailing) == "closed"
    written = {recipient for _sender, recipient in smtp_sink.envelopes}
    assert written == {f"member{number:04}@parliament.example" for number in (3, 4, 5)}
    often = "since sign-off, partners together have written as often as the campaign allows"
    lately = "since sign-off, somebody in the coalition wrote to them"
    for path in (f"/mailings/{mailing}", f"/mailings/{mailing}/progress"):
        page = browser.get(path).text
        assert f"1: It was not sent: {often}" in page
        assert f"2: It was not sent: {lately}" in page
    page = browser.get(f"/mailings/{mailing}/recipients?state=suppressed").text
    assert [page.count(often), page.count(lately)] == [1, 2]
    assert "Choose them for a later mailing" in page


def test_those_left_out_are_frozen_with_their_reason(people):
    ids = member_ids(people.world)
    mailing = people.draft()
    with people.world.context("neu", people.organiser) as session:
        log_engagement(people.organiser, draft(ids[0], kind="email", happened_on=today()))
        session.commit()
    browser = people.world.browser(people.organiser)
    browser.post(f"/mailings/{mailing}/audience/sparing", data={"quiet_days": "7"})
    people.ask(mailing)
    with people.world.context("neu") as session:
        assert session.scalar(select(Mailing.audience_count).where(Mailing.id == mailing)) == 5
        reasons = session.execute(
            text("SELECT left_out, count(*) FROM mailing_choice WHERE mailing_id = :m GROUP BY 1"),
            {"m": mailing},
        )
        assert dict(tuple(row) for row in reasons) == {None: 5, "written_to": 1}


def test_a_change_of_who_is_spared_voids_the_approval(people):
    mailing = people.approved()
    browser = people.world.browser(people.organiser)
    browser.post(f"/mailings/{mailing}/audience/sparing", data={"quiet_days": "7"})
    assert people.state(mailing) == "draft"
