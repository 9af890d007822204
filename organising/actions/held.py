"""What actions hold of one person: at which they were, and what they did there by name. All else is about events."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select

from organising.files.uses import Use, register_use
from organising.platform.actor import Actor
from organising.platform.db import change_rows, db
from organising.platform.errors import NotFound
from organising.platform.people import Holding, Item, Rows, Section, Subject, about_nobody, ids, register

from .models import ActionContact, ActionMaterial, ActionMaterialVersion, ActionRole, BranchAction
from .names import person_key
from .queries import get_record

PRESENCES, ROLES = "action_contact", "action_role"


def find_people(actor: Actor, subject: Subject) -> Rows:
    """Where one of their contacts was, and the roles that bear a name of theirs."""
    theirs = select(ActionContact.id).where(ActionContact.contact_id.in_(list(subject.contact_ids)))
    keys = [person_key(subject.organisation_id, name) for name in subject.names]
    named = select(ActionRole.id).where(ActionRole.person_key.in_(keys))
    return {
        PRESENCES: frozenset(db.session.scalars(theirs)),
        ROLES: frozenset(db.session.scalars(named)) if keys else frozenset(),
    }


def erase_people(actor: Actor, rows: Rows) -> Mapping[str, int]:
    """Remove that they were there, and what they did there."""
    counts = {}
    for table, model in ((PRESENCES, ActionContact), (ROLES, ActionRole)):
        gone = delete(model).where(model.id.in_(ids(rows, table)))
        counts[table] = change_rows(gone)
    return counts


def tell_people(actor: Actor, rows: Rows) -> Sequence[Section]:
    """Each action, with who wrote it down or what they were to do."""
    return (
        Section(_("Actions you were at"), _presences(rows)),
        Section(_("What you did at actions"), _roles(rows)),
    )


def _presences(rows: Rows) -> tuple[Item, ...]:
    found = db.session.execute(
        select(ActionContact, BranchAction.title)
        .join(BranchAction, BranchAction.id == ActionContact.action_id)
        .where(ActionContact.id.in_(ids(rows, PRESENCES)))
        .order_by(ActionContact.created_at)
    )
    return tuple(
        Item(f"{PRESENCES}:{one.id}", title, ((_("Written down by"), one.author_label),), one.created_at)
        for one, title in found
    )


def _roles(rows: Rows) -> tuple[Item, ...]:
    found = db.session.execute(
        select(ActionRole, BranchAction.title)
        .join(BranchAction, BranchAction.id == ActionRole.action_id)
        .where(ActionRole.id.in_(ids(rows, ROLES)))
        .order_by(ActionRole.created_at)
    )
    return tuple(
        Item(
            f"{ROLES}:{one.id}",
            title,
            ((_("Name"), one.name or ""), (_("Task"), one.part), (_("Note"), one.note or "")),
            one.created_at,
        )
        for one, title in found
    )


def find_used(file_ids: Collection[UUID]) -> set[UUID]:
    """Those that are a version of a material which was not taken off."""
    used = (
        select(ActionMaterialVersion.file_id)
        .join(ActionMaterial, ActionMaterial.id == ActionMaterialVersion.material_id)
        .where(ActionMaterialVersion.file_id.in_(list(file_ids)), ActionMaterial.taken_off_at.is_(None))
    )
    return {one for one in db.session.scalars(used) if one is not None}


def may_see(actor: Actor, file_id: UUID) -> bool:
    """Whether the actor sees what is prepared for an action to which the file belongs."""
    actions = (
        select(ActionMaterial.action_id)
        .join(ActionMaterialVersion, ActionMaterialVersion.material_id == ActionMaterial.id)
        .where(ActionMaterialVersion.file_id == file_id, ActionMaterial.taken_off_at.is_(None))
        .distinct()
    )
    return any(_sees(actor, action_id) for action_id in db.session.scalars(actions).all())


def _sees(actor: Actor, action_id: UUID) -> bool:
    try:
        return get_record(actor, action_id).sees_private
    except NotFound:
        return False


register_use(Use("actions", find_used, may_see))
register(
    Holding(
        "actions",
        find_people,
        erase_people,
        tell_people,
        exports=frozenset({PRESENCES, ROLES}),
        erases=frozenset({PRESENCES, ROLES}),
    )
)
about_nobody(
    {
        "action_check": "what is to be done before an action, and which colleague ticked it",
        "action_detail": "where an action is, and which colleague plans it",
        "action_event": "which colleague did what",
        "action_joining_notice": "which colleague was written to",
        "action_material": "what is brought to an action",
        "action_material_version": "where that is to be had, and which colleague put it there",
        "action_report": "how an action went, in numbers and a colleague's words",
        "action_risk": "what could go wrong at an action, and which task or colleague looks after it",
        "action_series": "how often an action comes again",
        "approval_delegate": "which colleague may approve",
        "report_chase": "which colleague was asked how an action went",
        "report_meeting": "which representative, in public office, they met there",
        "report_photo": "photographs of an action, under nobody's name; whoever wants one gone has it taken out on its page",
        "report_version": "how an action went, as a colleague said it before",
    }
)
