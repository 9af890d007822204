"""A draft beside the model that it was made of: gaps that are still open, and a newer version taken over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from organising.motions import differing, merging
from organising.motions.differing import Differences
from organising.motions.merging import Choice, Merge
from organising.motions.models import ModelVersion, Motion, NotNow
from organising.motions.placeholders import list_gaps
from organising.motions.queries.localising import fill_for_unit
from organising.motions.queries.motions import MotionRecord, read_text
from organising.motions.queries.texts import find_newer, find_published
from organising.motions.states import State
from organising.motions.text import MotionText
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.errors import Conflict, Invalid

from .rules import check_text, check_version, note, take
from .writing import keep_text


class GapsLeft(Invalid):
    """The text leaves gaps in square brackets. ``details``: ``gaps_seen``, what is said beside the tick that sends it all the same."""

    code = "gaps_left"


@dataclass(frozen=True)
class Newer:
    """A newer version of the model that a draft was made of: what is new in it, and how it lies beside the draft."""

    version: ModelVersion
    news: Differences
    merge: Merge


def check_gaps(text: MotionText) -> None:
    """Raise :class:`GapsLeft` where any is still to be filled."""
    gaps = list_gaps(text)
    if gaps:
        said = f"Still to be filled in: {', '.join(f'[{gap}]' for gap in gaps)}."
        raise GapsLeft(said, gaps_seen=said)


def find_newer_version(actor: Actor, record: MotionRecord) -> Newer | None:
    """For a draft that the actor may change: the newest version that came after the one that it was made of."""
    if record.motion.state != State.DRAFTED or record.detail is None or "edit" not in record.verbs:
        return None
    own = record.text
    used = find_published(record.motion.text_version_id)
    newer = find_newer(used) if used else None
    if used is None or newer is None or own is None:
        return None
    return _beside(actor, record.detail.unit_id, used, newer, own)


def take_newer_over(
    actor: Actor,
    motion_id: UUID,
    version: int,
    to_id: UUID | None,
    choices: Mapping[str, Choice],
    *,
    at: datetime | None = None,
) -> Motion:
    """Lay the newer version into a draft. Own changes stay; where both changed the same clauses ``choices`` decides.

    Raises ``Conflict`` where another version came out since, ``Invalid`` where a question is left, ``NotNow`` once it is sent in.
    """
    taken = take(actor, motion_id, "edit")
    motion, detail = taken.motion, taken.detail
    if to_id is not None and motion.text_version_id == to_id:
        return motion
    check_version(motion, version)
    if motion.state != State.DRAFTED:
        raise NotNow("It is sent in: its text stays as it is.", state=motion.state, verb="edit")
    used, own = find_published(motion.text_version_id), read_text(detail.text)
    newer = find_newer(used) if used else None
    if used is None or newer is None or own is None or newer.id != to_id:
        raise Conflict("Another version came out since you opened this page. Load it again.")
    merged = _beside(actor, detail.unit_id, used, newer, own).merge
    missing = {
        key: "Choose which words stand."
        for key in (one.key for _n, one in merged.questions)
        if key not in choices
    }
    if missing:
        raise Invalid("Choose which words stand.", **missing)
    text = merged.settle(choices)
    check_text(text, whole=False)
    detail.text, motion.text_version_id = keep_text(text), newer.id
    motion.version += 1
    note(actor, taken, "edited", at or now(), fields=["text", "text_version_id"])
    return motion


def _beside(
    actor: Actor, unit_id: UUID | None, used: ModelVersion, newer: ModelVersion, own: MotionText
) -> Newer:
    before, after = (fill_for_unit(actor, unit_id, one.text) for one in (used, newer))
    return Newer(newer, differing.compare(before, after), merging.merge(before, own, after))
