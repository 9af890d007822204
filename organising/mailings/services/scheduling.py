"""When a mailing leaves: chosen by its author, bound by approval, worked out for whoever reads it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from organising.mailings.audience import included, list_entries
from organising.mailings.audiences import find_audience_of
from organising.mailings.content import Entry
from organising.mailings.models import Mailing
from organising.mailings.queries import count_domains
from organising.mailings.schedule import Schedule
from organising.mailings.states import UNFINISHED, DeliveryState, MailingState
from organising.platform.actor import Actor
from organising.platform.clock import LONDON, now
from organising.platform.db import db
from organising.platform.errors import Conflict, Invalid
from organising.representatives.models import OfficeHolding, Parliament, Recess
from organising.representatives.queries.parliaments import find_parliament
from organising.representatives.queries.recesses import chamber_of, list_recesses

from .drafting import ANY_MODE, note_edit, open_for_edit
from .limits import domain_of, slowest_per_hour

FURTHEST = timedelta(days=365)
SHORTEST_WINDOW = timedelta(minutes=30)
MOST_PER_HOUR = 100_000
# Slots are counted a little longer than their window, so that no window holds too many (services/limits.py).
DRIP_SHARE = 12 / 13


@dataclass(frozen=True)
class Outlook:
    """When the next message of a mailing leaves and when the last, seen from ``now``, and what lies in between.

    ``ends_at`` is ``None`` where that is more than a year away. ``recesses`` and ``dissolved`` are those of
    the chambers written to that fall into the time.
    """

    now: datetime
    begins_at: datetime
    ends_at: datetime | None
    messages: int
    per_hour: float | None
    recesses: Sequence[Recess] = ()
    dissolved: Sequence[Parliament] = ()


def set_schedule(actor: Actor, mailing_id: UUID, schedule: Schedule, version: int) -> Mailing:
    """Choose when it leaves; this is an edit. Raises :class:`Invalid` naming fields, :class:`Conflict` if another came between."""
    mailing = open_for_edit(actor, mailing_id, ANY_MODE)
    if mailing.version != version:
        raise Conflict(f"{mailing.last_editor_label} changed this mailing meanwhile. Reload the page.")
    wrong = _wrong(schedule)
    if wrong:
        raise Invalid(" ".join(wrong.values()), **wrong)
    if schedule == Schedule.of(mailing):
        return mailing
    mailing.send_at = schedule.send_at
    mailing.window_from, mailing.window_until = schedule.window_from, schedule.window_until
    mailing.weekdays_only, mailing.per_hour = schedule.weekdays_only, schedule.per_hour
    note_edit(actor, mailing, "schedule")
    return mailing


def _wrong(schedule: Schedule) -> dict[str, str]:
    """What can't be meant, by field."""
    wrong = {}
    if schedule.send_at is not None and not now() < schedule.send_at < now() + FURTHEST:
        wrong["send_at"] = "Choose a time from now on, within a year."
    if (schedule.window_from is None) != (schedule.window_until is None):
        wrong["window_until"] = "Give both times of the daily window, or neither."
    elif schedule.window_from and schedule.window_until:
        day = date(2000, 1, 1)
        length = datetime.combine(day, schedule.window_until) - datetime.combine(day, schedule.window_from)
        if length < SHORTEST_WINDOW:
            wrong["window_until"] = (
                "The window must end at least half an hour after it begins, on the same day."
            )
    if schedule.per_hour is not None and not 1 <= schedule.per_hour <= MOST_PER_HOUR:
        wrong["per_hour"] = f"Write a whole number from 1 to {MOST_PER_HOUR:,}."
    return wrong


def look_ahead(mailing: Mailing, entries: Sequence[Entry] | None = None) -> Outlook:
    """How a mailing's time would go. ``entries`` are those chosen, where the caller has them in hand."""
    audience = find_audience_of(mailing)
    if audience is not None:
        return _outlook(mailing, {}, audience.size(mailing))
    going = included(list_entries(mailing) if entries is None else entries)
    domains = Counter(domain_of(entry.address or "") for entry in going)
    outlook = _outlook(mailing, domains, len(going))
    recesses, dissolved = _in_the_way(going, outlook.begins_at, outlook.ends_at)
    return replace(outlook, recesses=recesses, dissolved=dissolved)


def outlook_of(mailing: Mailing, counts: Mapping[DeliveryState, int]) -> Outlook | None:
    """The outlook of a mailing on its way; ``None`` for one that is not."""
    if mailing.state != MailingState.SENDING:
        return None
    return _outlook(mailing, count_domains(mailing), sum(counts[state] for state in UNFINISHED))


def _outlook(mailing: Mailing, domains: Mapping[str, int], waiting: int) -> Outlook:
    schedule = Schedule.of(mailing)
    if schedule.per_hour:
        schedule = replace(schedule, per_hour=max(1, int(schedule.per_hour * DRIP_SHARE)))
    limit = slowest_per_hour(domains)
    rate = limit * DRIP_SHARE if limit else None
    moment = now()
    rates = [one for one in (rate, schedule.per_hour) if one]
    return Outlook(
        moment,
        schedule.opens(moment),
        schedule.finishes(moment, waiting, rate),
        waiting,
        min(rates, default=None),
    )


def _in_the_way(
    going: Sequence[Entry], begins: datetime, ends: datetime | None
) -> tuple[list[Recess], list[Parliament]]:
    """Recesses and dissolutions of the chambers written to between the two days, both included."""
    kinds = set(
        db.session.scalars(
            select(OfficeHolding.kind)
            .where(OfficeHolding.id.in_([one.holding_id for one in going]))
            .distinct()
        )
    )
    chambers = {chamber for chamber in map(chamber_of, kinds) if chamber}
    first = begins.astimezone(LONDON).date()
    last = (ends or begins + FURTHEST).astimezone(LONDON).date()
    recesses = [
        one for one in list_recesses(ending_from=first) if one.chamber in chambers and one.starts_on <= last
    ]
    sitting = [find_parliament(chamber, first) for chamber in sorted(chambers)]
    return recesses, [one for one in sitting if one and one.dissolved_on and one.dissolved_on <= last]
