"""The demo's contact log: what invented members of an invented parliament are supposed to have said.

Always the same words about the same members; days are counted back from today, so that the log looks
lived in.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID, uuid5

from sqlalchemy import select

from organising.lobbying import demo_approaches, demo_commitments, demo_institutions, demo_targets
from organising.lobbying.models import Engagement
from organising.lobbying.queries.log import find_submitted
from organising.lobbying.services import (
    AttendeeDraft,
    EngagementDraft,
    FollowUpDraft,
    PositionDraft,
    add_follow_up,
    claim_position,
    edit_engagement,
    log_engagement,
)
from organising.lobbying.services.editing import open_for_editing
from organising.organisations.models import Ask
from organising.organisations.queries import list_campaign_organisations
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.permissions import Permission
from organising.platform.tenancy import Context, use_context
from organising.representatives.invented import Chance
from organising.representatives.models import OfficeHolding, PersonIdentifier
from organising.representatives.readers.records import INVENTED

NAMESPACE = UUID("5d1f5b3c-3a55-4f0e-9a53-1f7f0f2a9c11")

# Kind, who was there, how it went, ask, headline, private note, position, what to do next.
CONTACTS = (
    ("surgery", "member", "helpful", "DP-1", "Will ask a written question about the exemption",
     "Warm once we told the story of the school. Nervous about the whips.", "leaning_support",
     "Send wording for the question"),
    ("meeting", "member", "helpful", "FW-1", "Signed up to the firewall and will say so in the chamber",
     "Wants a local example she can use. Rosie has one.", "champion", "Draft three lines for the speech"),
    ("call", "staff", "noncommittal", "HLT-1", "Office asks for evidence on charging before they take a view",
     "Researcher is new and keen. Best rung before ten.", "", "Send the two-page briefing on charging"),
    ("email", "staff", "no_answer", "EDU-3", "Sent the briefing on nationality data; acknowledged",
     "Automatic reply only.", "", "Chase the office"),
    ("event", "member", "helpful", "POL-1", "Spoke for safe reporting at the public meeting",
     "Stayed for an hour. Offered to visit the force with us.", "supporter", "Offer two dates for the visit"),
    ("visit", "member", "helpful", "HLT-2", "Visited the clinic and heard why people stay away",
     "The doctors were superb. She asked twice about data.", "supporter", "Thank them with the figures"),
    ("letter", "none", "unhelpful", "DP-1", "Replied that the exemption is needed and proportionate",
     "Word for word the department's line.", "opposed", ""),
    ("meeting", "staff", "noncommittal", "POL-2", "Staff took notes; will talk to the member next week",
     "They worry about the local paper.", "undecided", "Ring the chief of staff"),
    ("social", "none", "helpful", "EDU-1", "Posted in support of schools that refuse to share",
     "", "supporter", ""),
    ("surgery", "member", "unhelpful", "POL-3", "Says that enforcement has to come first",
     "Polite. Not worth a second visit this session.", "leaning_oppose", ""),
    ("call", "member", "helpful", "HLT-4", "Will host a round table on patient data after recess",
     "Date in the diary is provisional.", "leaning_support", "Confirm the room and the chair"),
    ("meeting", "member", "noncommittal", "DP-2", "Agrees on legal aid, undecided on everything else",
     "Reads everything you send. Send less, better.", "undecided", "One page on legal aid deserts"),
)  # fmt: skip
STATED = ("champion", "supporter", "supporter", "leaning_support", "leaning_support", "undecided",
          "undecided", "leaning_oppose", "opposed")  # fmt: skip
STATED_ASKS = ("FW-1", "DP-1", "HLT-1", "POL-1")
EACH = 12
STATED_EACH = 24


def seed(actors: Mapping[str, Actor]) -> int:
    """Log contacts, positions and follow-ups in these people's names; answers how many contacts were written.

    ``actors``: any names to people who may log, of several organisations. Needs the invented parliament.
    Runs within an application context, in sessions of its own, and commits. A second time changes nothing.
    """
    demo_commitments.seed_recess()
    written = 0
    for place, name in enumerate(sorted(actors)):
        actor = actors[name]
        if not actor.can(Permission.ENGAGEMENTS_LOG):
            continue
        with use_context(Context(organisation_id=actor.organisation_id, user_id=actor.user_id)) as session:
            written += _seed_one(actor, name, place)
            session.commit()
    with use_context(Context(purpose="import")):
        members = _sitting_members()
    demo_targets.seed(actors, members)
    demo_approaches.seed(actors, members)
    demo_institutions.seed(actors)
    return written


def _seed_one(actor: Actor, name: str, place: int) -> int:
    first = uuid5(NAMESPACE, f"{name} 0")
    if db.session.scalar(select(Engagement.id).where(Engagement.submission_key == first)):
        return 0
    asks = dict(
        db.session.execute(select(Ask.code, Ask.id).where(Ask.campaign_id == actor.campaign_id)).all()
    )
    members = _sitting_members()
    chance = Chance(f"contacts of {name}")
    for number in range(EACH):
        _log(actor, name, number, chance, asks, members[(number * 5 + place * 3) % 47])
    _enrich(actor, name)
    # Nobody claims for a whole organisation from one branch.
    if actor.can(Permission.NOTES_VIEW):
        _state(actor, place, chance, asks, members)
        plan = FollowUpDraft("Prepare the briefing for the lobby day", today() + timedelta(days=2 + place))
        add_follow_up(actor, members[place], plan)
    demo_commitments.seed(actor, place, asks, members)
    return EACH


def _enrich(actor: Actor, name: str) -> None:
    """Let one contact have been changed, with a partner and a researcher there, so that its history can be read."""
    kept = find_submitted(actor, uuid5(NAMESPACE, f"{name} 1"))
    if kept is None:
        return
    engagement, note = open_for_editing(actor, kept.id)
    partners = [
        one.id for one in list_campaign_organisations(actor.campaign_id) if one.id != actor.organisation_id
    ]
    there = [AttendeeDraft(one, label="two branch members") for one in partners[:1]]
    draft = EngagementDraft(
        person_id=engagement.person_id,
        happened_on=engagement.happened_on,
        kind=engagement.kind,
        headline=f"{engagement.headline}, and asked to hear more",
        attended_by=engagement.attended_by,
        submission_key=uuid5(NAMESPACE, f"{name} 1 edited"),
        outcome=engagement.outcome,
        ask_ids=tuple(ask.id for ask in engagement.asks),
        note=note.body or "",
        out_of_office_reason=engagement.out_of_office_reason or "",
        attendees=(*there, AttendeeDraft(staff_role="researcher")),
    )
    edit_engagement(actor, engagement.id, draft, version=engagement.version)


def _log(
    actor: Actor, name: str, number: int, chance: Chance, asks: Mapping[str, UUID], person_id: UUID
) -> None:
    kind, there, outcome, code, headline, note, position, task = CONTACTS[
        (number + len(name)) % len(CONTACTS)
    ]
    day = today() - timedelta(days=int(chance.random() * 110))
    basis = "letter" if kind in ("letter", "email") else "public_statement" if kind == "social" else "meeting"
    claimed = PositionDraft(asks[code], position, basis, held_on=day) if position else None
    due = today() + timedelta(days=int(chance.random() * 20))
    log_engagement(
        actor,
        EngagementDraft(
            person_id=person_id,
            happened_on=day,
            kind=kind,
            headline=headline,
            attended_by=there,
            submission_key=uuid5(NAMESPACE, f"{name} {number}"),
            outcome=outcome,
            ask_ids=(asks[code],),
            note=note,
            positions=(claimed,) if claimed else (),
            follow_ups=(FollowUpDraft(task, due),) if task and number % 3 == 0 else (),
        ),
    )


def _state(
    actor: Actor, place: int, chance: Chance, asks: Mapping[str, UUID], members: Sequence[UUID]
) -> None:
    """Public statements, spread over the parliament, so that a whip count has something to count."""
    for number in range(STATED_EACH):
        member = members[(50 + number * 23 + place * 7) % len(members)]
        position = STATED[int(chance.random() * len(STATED))]
        day = today() - timedelta(days=int(chance.random() * 300))
        draft = PositionDraft(
            asks[STATED_ASKS[number % 4]], position, "public_statement", "high", held_on=day
        )
        claim_position(actor, member, draft)


def _sitting_members() -> list[UUID]:
    """Sitting members of the invented parliament, in the order in which they were invented."""
    rows = db.session.execute(
        select(PersonIdentifier.value, PersonIdentifier.person_id)
        .join(OfficeHolding, OfficeHolding.person_id == PersonIdentifier.person_id)
        .where(PersonIdentifier.scheme == INVENTED, OfficeHolding.end_on.is_(None))
    )
    return [
        person_id for _value, person_id in sorted(rows, key=lambda row: int(row.value.rpartition("/")[2]))
    ]
