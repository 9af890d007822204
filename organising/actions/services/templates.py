"""Templates: how an action of a kind is done, written once and used by many."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from organising.actions.models import ActionTemplate, BranchAction
from organising.actions.queries.templates import get_template
from organising.actions.starting_points import starting_checklist
from organising.actions.states import Kind
from organising.organisations.queries import is_lead
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, new_id
from organising.platform.errors import Forbidden, Invalid, NotFound
from organising.platform.permissions import Permission

from .materials import Material, add_materials, check_link
from .preparing import LONGEST_WORDS, MOST_ROWS, Risk, begin_preparing
from .rules import EditedMeanwhile, check_campaign

LONGEST = {"name": 80, "summary": 600, "advice": 4_000}


@dataclass(frozen=True)
class TemplateDraft:
    """What a template says. ``for_coalition``: every partner may use it; the lead's alone can be."""

    kind: str
    name: str
    for_coalition: bool = False
    summary: str | None = None
    advice: str | None = None
    checklist: tuple[str, ...] = ()
    materials: tuple[Material, ...] = ()
    risks: tuple[Risk, ...] = field(default=())


def may_edit_templates(actor: Actor) -> bool:
    """Whether the actor keeps their organisation's templates: staff, not officers of one unit."""
    return actor.can(Permission.ACTIONS_CREATE) and actor.unit_id is None and actor.subtree_id is None


def may_give_to_coalition(actor: Actor) -> bool:
    """Whether the actor may have every partner use a template: the lead's coordinator."""
    return actor.can(Permission.CAMPAIGN_EDIT) and is_lead(actor)


def keep_template(actor: Actor, draft: TemplateDraft, *, at: datetime | None = None) -> ActionTemplate:
    """A new template. Raises ``Invalid`` by field, ``Forbidden``."""
    _check_may(actor, draft.for_coalition)
    _check(draft)
    template = ActionTemplate(
        id=new_id(),
        campaign_id=check_campaign(actor),
        organisation_id=actor.organisation_id,
        author_label=actor.author_label,
        created_at=at or now(),
    )
    _fill(template, draft)
    db.session.add(template)
    db.session.flush()
    audit.record(actor, "action_template.kept", "action_template", template.id, at=at, kind=draft.kind)
    return template


def change_template(
    actor: Actor, template_id: UUID, version: int, draft: TemplateDraft, *, at: datetime | None = None
) -> ActionTemplate:
    """Change one of the organisation's own; actions made after it stay as they are."""
    template = _take(actor, template_id)
    _check_may(actor, draft.for_coalition or template.for_coalition)
    _check(draft)
    if template.version != version:
        raise EditedMeanwhile(
            "Someone changed this template while you had it open. Load the page again to see it as it is.",
            version=template.version,
        )
    _fill(template, draft)
    template.version += 1
    audit.record(actor, "action_template.changed", "action_template", template.id, at=at, kind=draft.kind)
    return template


def remove_template(actor: Actor, template_id: UUID, *, at: datetime | None = None) -> None:
    """Take one of the organisation's own away; actions made after it stay as they are."""
    template = _take(actor, template_id)
    _check_may(actor, template.for_coalition)
    db.session.delete(template)
    audit.record(actor, "action_template.removed", "action_template", template_id, at=at, kind=template.kind)


def follow_template(actor: Actor, template: ActionTemplate, action: BranchAction) -> None:
    """Give a new action what a template has; where it has no checklist, that of the kind."""
    risks = [Risk(**one, owner="", is_suggested=True) for one in template.risks]
    begin_preparing(action, template.checklist or starting_checklist(action.kind), risks)
    add_materials(actor, action, [Material(**one) for one in template.materials])


def _take(actor: Actor, template_id: UUID) -> ActionTemplate:
    template = get_template(actor, template_id)
    if template.organisation_id != actor.organisation_id:
        raise NotFound
    return template


def _check_may(actor: Actor, for_coalition: bool) -> None:
    if not may_edit_templates(actor):
        raise Forbidden("Templates are kept by your organisation's staff.")
    if for_coalition and not may_give_to_coalition(actor):
        raise Forbidden("Templates for every partner are the coordinator's.")


def _fill(template: ActionTemplate, draft: TemplateDraft) -> None:
    template.kind, template.name, template.for_coalition = draft.kind, draft.name.strip(), draft.for_coalition
    template.summary, template.advice = draft.summary or None, draft.advice or None
    template.checklist = list(draft.checklist)
    template.materials = [{"title": one.title, "link": one.link} for one in draft.materials]
    template.risks = [
        {"hazard": r.hazard, "likelihood": r.likelihood, "severity": r.severity, "control": r.control}
        for r in draft.risks
    ]


def _check(draft: TemplateDraft) -> None:
    if draft.kind not in set(Kind):
        raise Invalid("There is no such kind of action.", kind="Choose one of the kinds.")
    if not draft.name.strip():
        raise Invalid("It has no name.", name="Give it a name.")
    for name, longest in LONGEST.items():
        if len(getattr(draft, name) or "") > longest:
            raise Invalid("That text is too long.", **{name: f"Use at most {longest:,} characters."})
    if len(draft.checklist) > MOST_ROWS or any(len(one) > LONGEST_WORDS for one in draft.checklist):
        message = f"At most {MOST_ROWS} lines, each of {LONGEST_WORDS} characters."
        raise Invalid(message, checklist=message)
    if len(draft.materials) > MOST_ROWS:
        raise Invalid("That is too much.", materials=f"At most {MOST_ROWS} materials.")
    for one in draft.materials:
        check_link("materials", one.link)
