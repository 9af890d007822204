"""Writing a motion: where it is put, its text, who moves it; and changing that."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select

from organising.actions.services.placing import as_written, check_postcode, find_places
from organising.actions.services.planning import check_lead, label_of_unit, unit_in_reach
from organising.actions.services.rules import check_campaign
from organising.motions.models import Motion, MotionArea, MotionDetail, MotionMover, Mover, NotNow
from organising.motions.names import person_key
from organising.motions.queries.texts import find_published
from organising.motions.states import EDITABLE, Forum, Standing, State
from organising.motions.text import MotionText
from organising.platform.actor import Actor
from organising.platform.clock import now, today
from organising.platform.db import db, new_id
from organising.platform.errors import Invalid
from organising.platform.locks import take_turns
from organising.platform.permissions import Permission
from organising.representatives.models import Institution
from organising.safeguards.storage import check_keeps_people

from .rules import Taken, check_day, check_text, check_version, note, take

LONGEST = {"body": 120, "area": 80, "postcode": 12, "notes": 4_000, "proposer": 120, "seconder": 120}
HEADLINE = ("forum", "body", "area", "postcode", "institution_id", "text_version_id", "meeting_on")
OF_THE_UNIT = frozenset({Forum.BRANCH, Forum.DISTRICT})


@dataclass(frozen=True)
class Draft:
    """What a writer says. ``deadline_on``, ``proposer``, ``seconder``, ``notes``, ``lead_user_id`` and the text stay at home.

    ``unit_id`` None: the organisation as a whole; an officer's motion is always of the own unit. Without a name the body is the
    unit itself, or the institution.
    """

    forum: str
    text: MotionText
    body: str = ""
    area: str = ""
    postcode: str | None = None
    institution_id: UUID | None = None
    area_ids: frozenset[UUID] = field(default_factory=frozenset)
    text_version_id: UUID | None = None
    meeting_on: date | None = None
    deadline_on: date | None = None
    unit_id: UUID | None = None
    proposer: str = ""
    seconder: str = ""
    notes: str = ""
    lead_user_id: UUID | None = None

    def __post_init__(self) -> None:
        """Keep words without space around them, and the postcode as it is written."""
        for name in ("body", "area", "proposer", "seconder", "notes"):
            object.__setattr__(self, name, (getattr(self, name) or "").strip())
        object.__setattr__(self, "postcode", as_written(self.postcode))


def write_motion(actor: Actor, draft: Draft, key: UUID, *, at: datetime | None = None) -> Motion:
    """A new draft, seen by nobody outside the organisation. The same ``key`` again answers the same motion."""
    moment = at or now()
    for name in ("meeting_on", "deadline_on"):
        day = getattr(draft, name)
        if day is not None and day < today():
            raise Invalid(
                "That day is over.",
                **{name: "That day is over. If it was decided, use “Tell what was decided”."},
            )
    earlier = find_written(actor, key)
    return earlier or begin(actor, draft, key, moment, what="written").motion


def find_written(actor: Actor, key: UUID) -> Motion | None:
    """What the form with this key made; a second request of the same person waits for the first."""
    take_turns("motion", actor.user_id or key)
    return db.session.scalars(
        select(Motion)
        .join(MotionDetail, MotionDetail.motion_id == Motion.id)
        .where(Motion.organisation_id == actor.organisation_id, MotionDetail.submission_key == key)
    ).one_or_none()


def begin(
    actor: Actor, draft: Draft, key: UUID, at: datetime, *, what: str, state: State = State.DRAFTED,
    on: date | None = None,
) -> Taken:  # fmt: skip
    """Write a new motion with its own part, areas and movers, and the first line of its history."""
    actor.check(Permission.MOTIONS_DRAFT)
    campaign_id = check_campaign(actor)
    _check(draft)
    unit_id = unit_in_reach(actor, draft.unit_id)
    motion = Motion(
        id=new_id(),
        campaign_id=campaign_id,
        organisation_id=actor.organisation_id,
        author_label=actor.author_label,
        unit_label=label_of_unit(unit_id),
        created_at=at,
        day=draft.meeting_on or on or today(),
        **_headline(draft, unit_id),
    )
    motion.begin(state, at, on or today())
    db.session.add(motion)
    db.session.flush()
    detail = MotionDetail(
        organisation_id=actor.organisation_id,
        motion_id=motion.id,
        submission_key=key,
        unit_id=unit_id,
        created_by=actor.user_id,
        created_at=at,
    )
    _write_own(actor, detail, draft)
    db.session.add(detail)
    _write_movers(actor, motion, draft)
    _put_areas(actor, motion, detail, draft)
    taken = Taken(motion, detail, Standing(is_own=True, in_reach=True))
    if what == "written":
        note(actor, taken, what, at, forum=motion.forum)
    return taken


def edit_motion(
    actor: Actor, motion_id: UUID, version: int, draft: Draft, *, at: datetime | None = None
) -> Motion:
    """Change what was written, until it is known what became of it. Raises ``EditedMeanwhile``, ``NotNow``, ``Invalid``."""
    taken = take(actor, motion_id, "edit")
    motion, detail = taken.motion, taken.detail
    check_version(motion, version)
    if motion.state not in EDITABLE:
        raise NotNow(
            "It is known what became of this motion, so it can't be changed.", state=motion.state, verb="edit"
        )
    _check(draft, whole=motion.state != State.DRAFTED)
    unit_id = unit_in_reach(actor, draft.unit_id)
    values = _headline(draft, unit_id)
    fields = [name for name in HEADLINE if getattr(motion, name) != values[name]]
    for name in fields:
        setattr(motion, name, values[name])
    if unit_id != detail.unit_id:
        motion.unit_label, detail.unit_id = label_of_unit(unit_id), unit_id
        fields.append("unit")
    motion.day = motion.meeting_on or motion.day
    fields += _write_own(actor, detail, draft)
    fields += _write_movers(actor, motion, draft)
    fields += ["areas"] if _put_areas(actor, motion, detail, draft) else []
    if fields:
        motion.version += 1
        note(actor, taken, "edited", at or now(), fields=fields)
    return motion


def keep_text(text: MotionText) -> str:
    """A text as it is kept sealed."""
    return json.dumps(text.as_dict(), ensure_ascii=False, sort_keys=True)


def _headline(draft: Draft, unit_id: UUID | None) -> dict[str, object]:
    return {name: getattr(draft, name) for name in HEADLINE} | {"body": _body(draft, unit_id)}


def _body(draft: Draft, unit_id: UUID | None) -> str:
    if draft.body:
        return draft.body
    if draft.institution_id is not None:
        return db.session.get_one(Institution, draft.institution_id).name
    if draft.forum in OF_THE_UNIT and unit_id is not None:
        return label_of_unit(unit_id)
    raise Invalid("The motion is put to nobody.", body="Name the body that it is put to.")


def _write_own(actor: Actor, detail: MotionDetail, draft: Draft) -> list[str]:
    text = keep_text(draft.text)
    values = {"text": text, "notes": draft.notes or None, "deadline_on": draft.deadline_on}
    changed = [name for name, value in values.items() if getattr(detail, name) != value]
    for name in changed:
        setattr(detail, name, values[name])
    lead = draft.lead_user_id or detail.lead_user_id or actor.user_id
    if lead != detail.lead_user_id:
        check_lead(actor, lead)
        detail.lead_user_id = lead
        changed.append("lead")
    return changed


def _write_movers(actor: Actor, motion: Motion, draft: Draft) -> list[str]:
    """Names are kept only where the organisation keeps people."""
    found = db.session.scalars(select(MotionMover).where(MotionMover.motion_id == motion.id))
    before = {one.part: one.name or "" for one in found}
    wanted = {Mover.PROPOSER: draft.proposer, Mover.SECONDER: draft.seconder}
    changed = [part for part, name in wanted.items() if before.get(part, "") != name]
    if any(wanted[part] for part in changed):
        check_keeps_people(actor)
    for part in changed:
        db.session.execute(
            delete(MotionMover).where(MotionMover.motion_id == motion.id, MotionMover.part == part)
        )
        if wanted[part]:
            mover = MotionMover(
                id=new_id(),
                organisation_id=motion.organisation_id,
                motion_id=motion.id,
                part=part,
                person_key=person_key(motion.organisation_id, wanted[part]),
            )
            mover.name = wanted[part]
            db.session.add(mover)
    db.session.flush()
    return [str(part) for part in changed]


def _put_areas(actor: Actor, motion: Motion, detail: MotionDetail, draft: Draft) -> bool:
    """Have the body lie where its postcode or institution says and in the areas chosen; whether that changed anything."""
    detail.postcode_answer, wanted = find_places(
        motion.postcode, draft.area_ids, on=motion.meeting_on or today()
    )
    if motion.institution_id is not None:
        area_id = db.session.get_one(Institution, motion.institution_id).area_id
        wanted |= {area_id: False} if area_id is not None and area_id not in wanted else {}
    rows = db.session.execute(
        select(MotionArea.area_id, MotionArea.is_chosen).where(MotionArea.motion_id == motion.id)
    )
    if {row.area_id: row.is_chosen for row in rows} == wanted:
        return False
    db.session.execute(delete(MotionArea).where(MotionArea.motion_id == motion.id))
    for area_id, is_chosen in sorted(wanted.items()):
        db.session.add(
            MotionArea(
                organisation_id=motion.organisation_id,
                motion_id=motion.id,
                area_id=area_id,
                is_chosen=is_chosen,
                campaign_id=motion.campaign_id,
                author_label=actor.author_label,
            )
        )
    db.session.flush()
    return True


def _check(draft: Draft, *, whole: bool = False) -> None:
    if draft.forum not in set(Forum):
        raise Invalid("There is no such kind of body.", forum="Choose one of the kinds of body.")
    check_text(draft.text, whole=whole)
    for name, longest in LONGEST.items():
        if len(getattr(draft, name) or "") > longest:
            raise Invalid("That text is too long.", **{name: f"Use at most {longest:,} characters."})
    check_postcode(draft.postcode)
    for name in ("meeting_on", "deadline_on"):
        check_day(name, getattr(draft, name))
    if draft.meeting_on and draft.deadline_on and draft.deadline_on > draft.meeting_on:
        raise Invalid(
            "The deadline is after the meeting.", deadline_on="The deadline comes before the meeting."
        )
    if draft.institution_id is not None and db.session.get(Institution, draft.institution_id) is None:
        raise Invalid("There is no such institution.", institution="Choose one of the institutions.")
    if draft.text_version_id is not None and find_published(draft.text_version_id) is None:
        raise Invalid("That model text is not published.", title="That model text is not published.")
