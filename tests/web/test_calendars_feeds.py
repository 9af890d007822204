"""Feeds: what stands in them, whose eyes they read with, and that a closed address opens nothing."""

import re

import vobject
from sqlalchemy import select

from organising.actions import services as actions
from organising.actions.models import BranchAction
from organising.calendars.models import CalendarFeed, hash_of
from tests.support.actions import a_past, happened, planned

CANARY = "canary-4711"


def make(browser, scope="campaign", label="Kitchen wall") -> str:
    """The path of a new feed."""
    answer = browser.post("/calendar/feeds", data={"scope": scope, "label": label})
    assert answer.status_code == 200, answer.text
    return path_in(answer.text)


def path_in(page: str) -> str:
    return re.search(r"/calendar/feeds/[\w-]{43}\.ics", page).group(0)


def fetch(app, path, **headers):
    """As a calendar does: no cookie, nobody signed in."""
    return app.test_client(use_cookies=False).get(path, headers=headers)


def events(answer) -> dict[str, vobject.base.Component]:
    assert answer.status_code == 200
    return {one.uid.value: one for one in vobject.readOne(answer.data.decode()).contents.get("vevent", [])}


def titles(app, path) -> set[str]:
    return {one.summary.value for one in events(fetch(app, path)).values()}


def test_a_feed_is_made_shown_once_fetched_without_a_cookie_and_listed(app, world):
    officer = world.user("neu", "officer")
    action_id = planned(world, officer)
    browser = world.browser(officer)
    path = make(browser, f"unit:{officer.unit_id}")
    secret = path.rsplit("/", 1)[1].removesuffix(".ics")
    page = browser.get("/calendar/feeds").text
    assert "Kitchen wall" in page
    assert "Not yet" in page
    assert secret not in page
    with world.context("neu") as session:
        kept = session.scalars(select(CalendarFeed)).one()
        assert kept.token_hash == hash_of(secret)
        assert secret not in repr(vars(kept))
    answer = fetch(app, path)
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" not in answer.headers.get("Vary", "")
    event = events(answer)[str(action_id)]
    assert event.summary.value == "Stall outside the library"
    assert event.location.value == "12 Secret Passage, Alderwick"
    assert event.status.value == "CONFIRMED"
    assert "Not yet" not in browser.get("/calendar/feeds").text
    assert browser.post("/calendar/feeds", data={"scope": "", "label": ""}).status_code == 422


def test_what_has_not_changed_is_not_sent_again(app, world, organiser, browser):
    action_id = planned(world, organiser)
    path = make(browser)
    first = fetch(app, path)
    etag, since = first.headers["ETag"], first.headers["Last-Modified"]
    again = fetch(app, path, **{"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    assert fetch(app, path, **{"If-Modified-Since": since}).status_code == 304
    with world.context("neu", organiser) as session:
        version = session.get_one(BranchAction, action_id).version
        actions.cancel_action(organiser, action_id, version)
        session.commit()
    changed = fetch(app, path, **{"If-None-Match": etag, "If-Modified-Since": since})
    event = events(changed)[str(action_id)]
    assert event.status.value == "CANCELLED"
    assert event.summary.value == "Called off: Stall outside the library"
    assert int(event.sequence.value) > int(events(first)[str(action_id)].sequence.value)
    assert events(first).keys() == events(changed).keys()
    # Within the same second too: the header never says of two contents that they are of one time.
    assert fetch(app, path, **{"If-Modified-Since": since}).status_code == 200
    assert changed.headers["Last-Modified"] != since


def test_a_closed_a_renewed_and_a_guessed_address_answer_with_the_same_bytes(app, world, organiser, browser):
    planned(world, organiser)
    path = make(browser)
    never = fetch(app, "/calendar/feeds/" + "A" * 43 + ".ics")
    assert never.status_code == 404
    with world.context("neu") as session:
        feed_id = session.scalars(select(CalendarFeed.id)).one()
    renewed = path_in(browser.post(f"/calendar/feeds/{feed_id}/renewal").text)
    assert renewed != path
    assert fetch(app, renewed).status_code == 200
    for old in (path, path.upper().replace("/CALENDAR/FEEDS", "/calendar/feeds").replace(".ICS", ".ics")):
        assert fetch(app, old).data == never.data
    assert browser.post(f"/calendar/feeds/{feed_id}/closure").status_code == 303
    gone = fetch(app, renewed)
    assert (gone.status_code, gone.data) == (404, never.data)
    hashed = hash_of(renewed.rsplit("/", 1)[1].removesuffix(".ics"))
    for guess in (str(feed_id), hashed.hex(), "", "%00", "' OR true --", "a" * 5000):
        assert fetch(app, f"/calendar/feeds/{guess}.ics").status_code in (404, 400)
    assert browser.post(f"/calendar/feeds/{feed_id}/removal").status_code == 303
    browser.get("/calendar/feeds")
    assert "Kitchen wall" not in browser.get("/calendar/feeds").text, "told once, and gone"


def test_feeds_hold_no_partners_details_no_draft_no_name_and_no_note(app, world, organiser, browser):
    lead = world.user("praxis", "admin")
    shared = {"title": "Theirs", "venue": CANARY, "notes": CANARY}
    planned(world, lead, "praxis", **shared)
    planned(world, lead, "praxis", submit=False, title=f"Draft {CANARY}")
    planned(world, organiser, title="Ours", venue="Room 4", notes=CANARY)
    planned(world, organiser, submit=False, title=f"Own draft {CANARY}")
    dropped = planned(world, organiser, submit=False, title=f"Dropped draft {CANARY}")
    with world.context("neu", organiser) as session:
        actions.cancel_action(organiser, dropped, 1)
        session.commit()
    unit = world.unit("neu")
    campaign, own = make(browser), make(browser, "organisation")
    assert titles(app, campaign) == {"Ours", "Theirs"}
    assert titles(app, own) == {"Ours"}
    of_unit = make(browser, f"unit:{unit}")
    assert titles(app, of_unit) == set()
    texts = {path: fetch(app, path).text for path in (campaign, own, of_unit)}
    for text in texts.values():
        assert CANARY not in text
        assert organiser.display_name not in text
        assert lead.display_name not in text
    assert "Room 4" in texts[own]
    assert "Room 4" not in texts[campaign], "a campaign's feed is of headlines, one's own too"


def test_a_feed_reads_with_its_owners_eyes_and_closes_with_their_membership(app, world, organiser):
    """An analyst's calendar says no place; an officer's only the own unit's; who leaves has none."""
    officer, elsewhere = world.user("neu", "officer"), world.user("neu", "officer", unit="Leeds")
    planned(world, officer, venue=CANARY)
    paths = {
        "analyst": make(world.browser(world.user("neu", "analyst")), "organisation"),
        "elsewhere": make(world.browser(elsewhere), "organisation"),
        "officer": make(world.browser(officer), "organisation"),
    }
    assert {who for who, path in paths.items() if CANARY in fetch(app, path).text} == {"officer"}
    admin = world.user("neu", "admin")
    browser = world.browser(admin)
    answer = world.browser(elsewhere).post(
        "/calendar/feeds", data={"scope": f"unit:{officer.unit_id}", "label": "Theirs"}
    )
    assert answer.status_code == 422
    page = browser.get("/calendar/feeds").text
    assert officer.display_name in page
    with world.context("neu") as session:
        ids = dict(session.execute(select(CalendarFeed.user_id, CalendarFeed.id)).all())
    # An admin closes a colleague's feed, and gets no address to what only that colleague reads.
    assert browser.post(f"/calendar/feeds/{ids[officer.user_id]}/renewal").status_code == 403
    assert world.browser(organiser).post(f"/calendar/feeds/{ids[officer.user_id]}/closure").status_code == 404
    assert browser.post(f"/calendar/feeds/{ids[officer.user_id]}/closure").status_code == 303
    assert fetch(app, paths["officer"]).status_code == 404
    with world.context("neu", admin) as session:
        from organising.organisations.models import Membership
        from organising.platform.clock import now

        one = session.scalars(select(Membership).where(Membership.user_id == elsewhere.user_id)).one()
        one.end(now())
        session.commit()
    assert fetch(app, paths["elsewhere"]).status_code == 404
    assert fetch(app, paths["analyst"]).status_code == 200


def test_a_reported_action_stays_and_one_of_long_ago_does_not(app, world, organiser, browser):
    lately = planned(world, organiser, title="Lately")
    happened(world, organiser, lately)
    long_ago = planned(world, organiser, title="Long ago")
    with world.context("neu", organiser) as session:
        action = session.get_one(BranchAction, long_ago)
        past = a_past()
        action.starts_at, action.ends_at = past.starts_at.replace(year=2020), past.ends_at.replace(year=2020)
        session.commit()
    assert titles(app, make(browser, "organisation")) == {"Lately"}


def test_one_action_goes_into_ones_own_calendar(world, organiser, browser):
    action_id = planned(world, organiser)
    answer = browser.get(f"/calendar/actions/{action_id}.ics")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert events(answer)[str(action_id)].location.value == "12 Secret Passage, Alderwick"
    theirs = world.browser(world.user("praxis", "organiser")).get(f"/calendar/actions/{action_id}.ics")
    assert events(theirs)[str(action_id)].location.value == "Alderwick"
    draft = planned(world, organiser, submit=False)
    assert browser.get(f"/calendar/actions/{draft}.ics").status_code == 404
