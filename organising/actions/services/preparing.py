"""Preparing an action: its risks and its checklist."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete

from organising.actions.models import ActionCheck, ActionRisk, BranchAction, NotNow
from organising.actions.queries.preparing import list_checks, list_risks
from organising.actions.starting_points import starting_risks
from organising.actions.states import AGREED, needs_approval, needs_risk_assessment
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import Invalid

from .rules import Taken, check_version, note, take

MOST_ROWS = 40
LONGEST_WORDS = 300
LONGEST_CONTROL = 1_000


@dataclass(frozen=True)
class Risk:
    """A row of the risk assessment. Likelihood and severity from 1 to 5."""

    hazard: str
    likelihood: int
    severity: int
    control: str
    owner: str
    is_suggested: bool = False


def take_to_prepare(actor: Actor, action_id: UUID) -> Taken:
    """Lock an action that still can be prepared. Raises ``NotNow`` for one that is over or called off."""
    taken = take(actor, action_id, "prepare")
    if not taken.action.is_preparable:
        raise NotNow(
            "This action is over or called off, so there is nothing to prepare.",
            state=taken.action.state,
            verb="prepare",
        )
    return taken


def begin_preparing(action: BranchAction, checklist: Iterable[str], risks: Iterable[Risk]) -> None:
    """Give a new action what it starts with."""
    _write_checks(action, list(checklist))
    _write_risks(action, list(risks))


def suggested_risks(kind: str) -> list[Risk]:
    """The rows that a kind starts with."""
    return [
        Risk(
            str(one.hazard), one.likelihood, one.severity, str(one.control), str(one.owner), is_suggested=True
        )
        for one in starting_risks(kind)
    ]


def ensure_risks(action: BranchAction) -> None:
    """Give an action that needs a risk assessment, and has none, the rows of its kind."""
    if needs_risk_assessment(action.kind, action.is_public) and not list_risks(action):
        _write_risks(action, suggested_risks(action.kind))


def put_risks(
    actor: Actor, action_id: UUID, version: int, risks: Sequence[Risk], *, at: datetime | None = None
) -> BranchAction:
    """Write the risk assessment anew. What was approved is no longer what stands there, so it goes back for approval.

    Raises ``EditedMeanwhile``, ``NotNow``, and ``Invalid`` by ``risks-N-field``.
    """
    moment = at or now()
    taken = take_to_prepare(actor, action_id)
    action = taken.action
    check_version(action, version)
    _check_risks(risks)
    rows = list_risks(action)
    before = [_as_risk(row) for row in rows]
    after = [
        Risk(r.hazard, r.likelihood, r.severity, r.control, r.owner, _is_among(r, before)) for r in risks
    ]
    if after == before:
        _went_through(actor, action, rows, moment)
        return action
    db.session.execute(delete(ActionRisk).where(ActionRisk.action_id == action.id))
    _write_risks(action, after)
    action.version += 1
    if action.state in AGREED and needs_approval(action.kind, action.is_public):
        action.revise(moment)
        taken.detail.approval = None
    note(actor, action, "edited", moment, fields=["risks"])
    return action


def _went_through(actor: Actor, action: BranchAction, rows: Sequence[ActionRisk], at: datetime) -> None:
    """Whoever saves the rows of the kind as they are has read them: they are the action's own from then on."""
    if not any(row.is_suggested for row in rows):
        return
    for row in rows:
        row.is_suggested = False
    note(actor, action, "prepared", at, fields=["risks"])


def check_assessed(action: BranchAction) -> None:
    """Raise :class:`Invalid` where an action needs a risk assessment and has none that is whole."""
    if not needs_risk_assessment(action.kind, action.is_public):
        return
    rows = list_risks(action)
    if not rows or not all(row.control and row.owner for row in rows):
        message = "The risk assessment comes first: every risk with what is done about it, and by whom."
        raise Invalid(message, comment=message)


def put_checklist(
    actor: Actor, action_id: UUID, wordings: Sequence[str], *, at: datetime | None = None
) -> BranchAction:
    """Write the checklist anew; what stays word for word keeps its tick."""
    action = take_to_prepare(actor, action_id).action
    wanted = [one.strip() for one in wordings if one.strip()]
    if len(wanted) > MOST_ROWS or any(len(one) > LONGEST_WORDS for one in wanted):
        message = f"At most {MOST_ROWS} lines, each of {LONGEST_WORDS} characters."
        raise Invalid(message, lines=message)
    known = {row.wording: row for row in list_checks(action)}
    if list(known) == wanted:
        return action
    db.session.execute(delete(ActionCheck).where(ActionCheck.action_id == action.id))
    _write_checks(action, wanted, known)
    note(actor, action, "prepared", at or now(), fields=["checklist"])
    return action


def tick(
    actor: Actor,
    action_id: UUID,
    shown: Collection[UUID],
    ticked: Collection[UUID],
    *,
    at: datetime | None = None,
) -> int:
    """Tick what was ticked on the page and untick what no longer is, of the rows that it showed as they then were.

    ``shown`` names the rows that the page showed ticked. A colleague's tick of meanwhile stays. Answers how many changed.
    """
    moment = at or now()
    action = take_to_prepare(actor, action_id).action
    changed = 0
    for row in list_checks(action):
        was, wanted = row.id in shown, row.id in ticked
        if was == wanted or wanted == (row.ticked_at is not None):
            continue
        row.ticked_at, row.ticked_label = (moment, actor.author_label) if wanted else (None, None)
        changed += 1
    if changed:
        note(actor, action, "ticked", moment, changed=changed)
    return changed


def _write_checks(
    action: BranchAction, wordings: Sequence[str], known: dict[str | None, ActionCheck] | None = None
) -> None:
    for rank, wording in enumerate(wordings):
        before = (known or {}).get(wording)
        db.session.add(
            ActionCheck(
                action_id=action.id,
                rank=rank,
                wording=wording,
                ticked_at=before.ticked_at if before else None,
                ticked_label=before.ticked_label if before else None,
            )
        )
    db.session.flush()


def _write_risks(action: BranchAction, risks: Sequence[Risk]) -> None:
    for rank, risk in enumerate(risks):
        db.session.add(
            ActionRisk(
                action_id=action.id,
                rank=rank,
                hazard=risk.hazard,
                likelihood=risk.likelihood,
                severity=risk.severity,
                control=risk.control,
                owner=risk.owner,
                is_suggested=risk.is_suggested,
            )
        )
    db.session.flush()


def _as_risk(row: ActionRisk) -> Risk:
    return Risk(
        row.hazard or "",
        row.likelihood,
        row.severity,
        row.control or "",
        row.owner or "",
        row.is_suggested,
    )


def _is_among(risk: Risk, before: Sequence[Risk]) -> bool:
    """Whether a row is one that came with the kind, unchanged."""
    words = (risk.hazard, risk.likelihood, risk.severity, risk.control, risk.owner)
    return any(
        one.is_suggested and (one.hazard, one.likelihood, one.severity, one.control, one.owner) == words
        for one in before
    )


def _check_risks(risks: Sequence[Risk]) -> None:
    if len(risks) > MOST_ROWS:
        raise Invalid(f"At most {MOST_ROWS} risks.")
    for risk in risks:
        if not (1 <= risk.likelihood <= 5 and 1 <= risk.severity <= 5):
            raise Invalid("Say how likely and how bad it is.")
        if len(risk.hazard) > LONGEST_WORDS or len(risk.owner) > LONGEST_WORDS:
            raise Invalid(
                f"Use at most {LONGEST_WORDS} characters for what could happen, and for who sees to it."
            )
        if len(risk.control) > LONGEST_CONTROL:
            raise Invalid(f"Use at most {LONGEST_CONTROL:,} characters for what is done about it.")


def copy_preparations(source: BranchAction, action: BranchAction) -> None:
    """Give an action the checklist without ticks and the risks of another of the same organisation."""
    checks = [row.wording or "" for row in list_checks(source)]
    begin_preparing(action, checks, [_as_risk(row) for row in list_risks(source)])
