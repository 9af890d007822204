"""Feeds read back by another library are what the database has: 500 actions with every awkward time and character."""

import re
from datetime import UTC, datetime
from uuid import UUID

import vobject
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from organising.actions.models import BranchAction
from organising.actions.states import Kind
from organising.calendars.ical import plain
from organising.platform.clock import LONDON, now
from organising.platform.db import new_id
from tests.support.calendars import TEXTS, times
from tests.web.test_calendars_feeds import fetch, make

# The first example that hypothesis makes is the plainest; ten more are random.
RUNS, EACH = 11, 50


STATES = ("submitted", "changes_requested", "approved", "scheduled", "cancelled", "done", "reported")
ACTIONS = st.fixed_dictionaries(
    {
        "when": times(),
        "title": TEXTS,
        "area": TEXTS,
        "place": st.one_of(st.none(), TEXTS),
        "summary": st.one_of(st.none(), TEXTS),
        "kind": st.sampled_from(sorted(Kind)),
        "state": st.sampled_from(STATES),
        "version": st.integers(1, 500),
    }
)
STATUS = {"submitted": "TENTATIVE", "changes_requested": "TENTATIVE", "cancelled": "CANCELLED"}


def _write(world, actor, drawn) -> list[UUID]:
    ids = []
    with world.context("neu", actor) as session:
        for one in drawn:
            start, end, all_day = one["when"]
            state = one["state"]
            values = {name: one[name] for name in ("title", "area", "place", "summary", "kind", "version")}
            action = BranchAction(
                id=new_id(), campaign_id=world.campaign, author_label="A", unit_label="", state=state, starts_at=start,
                ends_at=end, all_day=all_day, shared_at=now(), cancelled_from="draft" if state == "cancelled" else None,
                **values,
            )  # fmt: skip
            session.add(action)
            ids.append(action.id)
        session.commit()
    return ids


def _instant(value) -> datetime:
    return value.astimezone(UTC)


def _check(event, action) -> None:
    """One event as vobject reads it, against the row as the database gives it."""
    off = action.state == "cancelled"
    title = f"Called off: {action.title}" if off else action.title
    assert event.summary.value == plain(title)
    place = ", ".join(part for part in (action.place, action.area) if part)
    assert event.location.value == plain(place)
    if action.summary:
        assert event.description.value.endswith("\n" + plain(action.summary))
    assert event.status.value == STATUS.get(action.state, "CONFIRMED")
    assert int(event.sequence.value) == action.version
    assert _instant(event.dtstamp.value) == action.changed_at.replace(microsecond=0)
    start, end = event.dtstart.value, event.dtend.value
    if action.all_day:
        assert not isinstance(start, datetime)
        assert start == action.starts_at.astimezone(LONDON).date()
        assert end == action.ends_at.astimezone(LONDON).date()
    else:
        assert (_instant(start), _instant(end)) == (
            action.starts_at.replace(microsecond=0),
            action.ends_at.replace(microsecond=0),
        )


def test_500_actions_read_back_by_another_library_are_those_of_the_database(app, world, organiser, browser):
    path = make(browser, "organisation")
    seen: set[UUID] = set()
    summers = set()

    @settings(
        max_examples=RUNS, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.lists(ACTIONS, min_size=EACH, max_size=EACH))
    def read_back(drawn):
        ids = _write(world, organiser, drawn)
        answer = fetch(app, path)
        _check_form(answer.data)
        events = {UUID(one.uid.value): one for one in vobject.readOne(answer.data.decode()).vevent_list}
        with world.context("neu", organiser) as session:
            rows = session.scalars(select(BranchAction).where(BranchAction.id.in_(ids))).all()
            assert len(rows) == len(drawn)
            for action in rows:
                _check(events[action.id], action)
                summers.add(bool(action.starts_at.astimezone(LONDON).dst()))
        seen.update(ids)
        assert events.keys() == seen, "no other events, and each once"

    read_back()
    assert len(seen) >= 500
    assert summers == {True, False}


def _check_form(data: bytes) -> None:
    """Lines end in CRLF, none has more than 75 octets, and each is whole UTF-8 (RFC 5545, 3.1)."""
    assert data.endswith(b"END:VCALENDAR\r\n")
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()
        assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line)
