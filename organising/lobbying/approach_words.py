"""The words of approaches as pages say them: channels, states, steps, history, means of pressure."""

from typing import Any

from flask import Blueprint
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from organising.lobbying.approach_states import ApproachState
from organising.lobbying.models import ApproachDeed, Channel, JoinDecision
from organising.lobbying.queries.pressure import CALLS, MAIL, VISITS, Load

CHANNELS = {
    Channel.MEETING: _l("Meeting"),
    Channel.CALL: _l("Call"),
    Channel.EMAIL: _l("Email"),
    Channel.LETTER: _l("Letter"),
    Channel.VISIT: _l("Visit"),
    Channel.EVENT: _l("Event"),
}
STATES = {
    ApproachState.IDENTIFIED: _l("Identified"),
    ApproachState.RESEARCHED: _l("Researched"),
    ApproachState.ASSIGNED: _l("Assigned"),
    ApproachState.REQUESTED: _l("Requested"),
    ApproachState.ACKNOWLEDGED: _l("Acknowledged"),
    ApproachState.NO_REPLY: _l("No reply"),
    ApproachState.DECLINED: _l("Declined"),
    ApproachState.SCHEDULED: _l("Scheduled"),
    ApproachState.HELD: _l("Held"),
    ApproachState.MINUTES_DRAFT: _l("Minutes drafted"),
    ApproachState.MINUTES_APPROVED: _l("Minutes approved"),
    ApproachState.FOLLOW_UP: _l("Follow-up"),
    ApproachState.CLOSED: _l("Closed"),
    ApproachState.CANCELLED: _l("Called off"),
    ApproachState.PAUSED: _l("Paused for the dissolution"),
}
TONES = {
    ApproachState.NO_REPLY: "warn",
    ApproachState.DECLINED: "bad",
    ApproachState.SCHEDULED: "good",
    ApproachState.HELD: "good",
    ApproachState.REQUESTED: "info",
    ApproachState.ACKNOWLEDGED: "accent",
    ApproachState.PAUSED: "warn",
}
# What a button says that takes this step.
STEPS = {
    ApproachState.RESEARCHED: _l("Mark as researched"),
    ApproachState.ASSIGNED: _l("I will see to it"),
    ApproachState.REQUESTED: _l("We have asked them"),
    ApproachState.ACKNOWLEDGED: _l("They acknowledged it"),
    ApproachState.NO_REPLY: _l("No reply so far"),
    ApproachState.DECLINED: _l("They declined"),
    ApproachState.SCHEDULED: _l("A day is agreed"),
    ApproachState.HELD: _l("It took place"),
    ApproachState.MINUTES_DRAFT: _l("Minutes are drafted"),
    ApproachState.MINUTES_APPROVED: _l("Approve the minutes"),
    ApproachState.FOLLOW_UP: _l("Go on to follow-up"),
    ApproachState.CLOSED: _l("Close it"),
}
AGAIN = {
    (ApproachState.NO_REPLY, ApproachState.REQUESTED): _l("We have asked again"),
    (ApproachState.DECLINED, ApproachState.REQUESTED): _l("We have asked again"),
    (ApproachState.SCHEDULED, ApproachState.REQUESTED): _l("The day fell through: asking again"),
    (ApproachState.CLOSED, ApproachState.FOLLOW_UP): _l("Open it again"),
}
GROUPS = {
    "live": _l("Live"),
    "waiting": _l("Nothing agreed yet"),
    "scheduled": _l("Scheduled"),
    "done": _l("Held, to be finished"),
    "ended": _l("Over"),
    "paused": _l("Paused"),
}
FIELDS = {
    "channel": _l("How"),
    "starts_on": _l("From"),
    "ends_on": _l("Until"),
    "purpose": _l("What it is for"),
    "ask_ids": _l("Asks"),
    "due_on": _l("Next step due"),
    "note": _l("Private note"),
    "words": _l("In a few words"),
    "pressure_reason": _l("Why it is worth it"),
}
DEEDS = {
    ApproachDeed.RESERVED: _l("Reserved"),
    ApproachDeed.EDITED: _l("Changed"),
    ApproachDeed.CANCELLED: _l("Called off"),
    ApproachDeed.RESTORED: _l("Taken up again"),
    ApproachDeed.EXPIRED: _l("Ran out: nothing was agreed in time"),
    ApproachDeed.PAUSED: _l("Paused for the dissolution"),
    ApproachDeed.RESUMED: _l("Goes on after the election"),
}
ALERTS = {
    "expired": _l("ran out: reserve again, or let others"),
    "expires": _l("ends soon"),
    "overdue": _l("next step overdue"),
    "past": _l("how did it go?"),
}
MEANS = {MAIL: _l("Mail"), CALLS: _l("Calls"), VISITS: _l("Visits")}


def step_word(state: str, after: str) -> str:
    """What the button says that leads from one state to the other."""
    key = (ApproachState(state), ApproachState(after))
    return str(AGAIN.get(key) or STEPS[key[1]])


def deed_words(row: Any) -> str:
    """A line of history in words: what was done, and to what or whom."""
    if row.join is not None:
        return _join_words(row.join)
    event = row.event
    if event.kind == ApproachDeed.STEP:
        return str(STATES[ApproachState(event.to_state)])
    if event.kind == ApproachDeed.ASSIGNED:
        return str(_("%(name)s sees to it", name=event.words))
    if event.kind == ApproachDeed.HANDED_OVER:
        return str(_("Handed over to %(name)s", name=event.to_organisation.short_name))
    if event.kind == ApproachDeed.EDITED:
        fields = ", ".join(str(FIELDS.get(name, name)).lower() for name in event.words.split(", "))
        return str(_("Changed: %(fields)s", fields=fields))
    return str(DEEDS[ApproachDeed(event.kind)])


def _join_words(join: Any) -> str:
    name = join.joiner.short_name
    return str(
        {
            JoinDecision.ASKED: _("%(name)s asked to join", name=name),
            JoinDecision.ACCEPTED: _("%(name)s joined", name=name),
            JoinDecision.DECLINED: _("%(name)s was not taken along", name=name),
            JoinDecision.WITHDRAWN: _("%(name)s stepped back", name=name),
        }[JoinDecision(join.decision)]
    )


def load_words(load: Load) -> str:
    """“2 done, 1 planned”: what a load is made of."""
    parts = []
    if load.done:
        parts.append(str(ngettext("%(num)d in the last 30 days", "%(num)d in the last 30 days", load.done)))
    if load.planned:
        parts.append(str(ngettext("%(num)d planned", "%(num)d planned", load.planned)))
    return ", ".join(parts) or str(_("none"))


def days_left_words(days: int) -> str:
    """How soon a reservation ends: “ends today”, “ends in 3 days”."""
    if days < 0:
        return str(_("its days are over"))
    if days == 0:
        return str(_("ends today"))
    return str(ngettext("ends in %(num)d day", "ends in %(num)d days", days))


def register_approach_words(blueprint: Blueprint) -> None:
    """Give templates the words as filters: ``channel_word``, ``approach_state``, ``deed_words`` …"""
    filters: dict[str, Any] = {
        "channel_word": CHANNELS.get,
        "approach_state": STATES.get,
        "approach_field": FIELDS.get,
        "alert_word": ALERTS.get,
        "means_word": MEANS.get,
        "deed_words": deed_words,
        "load_words": load_words,
        "days_left_words": days_left_words,
        "step_word": step_word,
    }
    for name, words in filters.items():
        blueprint.add_app_template_filter(words, name)
    blueprint.add_app_template_filter(lambda state: TONES.get(state, "neutral"), "approach_tone")
