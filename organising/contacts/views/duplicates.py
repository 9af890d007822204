"""Contacts that may be one: the list, both beside each other with a choice per field, and the ways back."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ...platform.access import current_actor, requires
from ...platform.db import db, get_or_404
from ...platform.errors import Conflict, Invalid, NotFound
from ...platform.forms import PlainForm
from ...platform.given import as_id, as_version
from ...platform.permissions import Permission
from ..duplicates import RuleKind
from ..forms.duplicates import RuleForm, rule_values
from ..models import Contact, ContactMerge
from ..queries.contacts import list_unit_names
from ..queries.duplicates import find_apart, get_rule, list_by_id
from ..services.duplicates import MOST_SHOWN, list_candidates, propose_again, save_rule, set_apart
from ..services.keeping import COMPARED, kept_values
from ..services.merging import (
    BOTH,
    FIRST,
    SECOND,
    SEVERAL,
    UNDO_FOR,
    MergeStale,
    merge_contacts,
)
from ..services.merging import undo_merge as take_back
from ..words import FIELDS
from .blueprint import blueprint
from .saying import said

RULES = (RuleKind.BROAD, RuleKind.STRICT)


@blueprint.get("/duplicates")
@requires(Permission.CONTACTS_MERGE)
def duplicates() -> str:
    """Pairs that a rule matches, the surest first."""
    kind = RuleKind.STRICT if request.args.get("rule") == RuleKind.STRICT else RuleKind.BROAD
    return render_template(
        "contacts/duplicates.html",
        kind=kind,
        candidates=list_candidates(current_actor(), kind),
        most=MOST_SHOWN,
        apart=_just_apart(),
        form=PlainForm(formdata=None),
    )


@blueprint.route("/<uuid:contact_id>/merges/<uuid:other_id>", methods=["GET", "POST"])
@requires(Permission.CONTACTS_MERGE)
def merge(contact_id: UUID, other_id: UUID) -> str | Response | tuple[str, int]:
    """Both beside each other; merged as chosen."""
    first, second = get_or_404(Contact, contact_id), get_or_404(Contact, other_id)
    if first.id == second.id:
        raise NotFound
    if request.method == "GET":
        return _merge_page(first, second)
    choices = {name: chosen for name in COMPARED if (chosen := request.form.get(f"choice-{name}"))}
    versions = as_version(request.form.get("first_version")), as_version(request.form.get("second_version"))
    try:
        merge_contacts(current_actor(), contact_id, other_id, choices, versions=versions)
    except MergeStale as stale:
        return _merge_page(first, second, choices, stale.message), 409
    except Invalid as invalid:
        reasons = " ".join(dict.fromkeys(str(reason) for reason in invalid.details.values()))
        return _merge_page(first, second, choices, f"{invalid.message} {reasons}"), 422
    db.session.commit()
    flash(
        _("They are one contact now. For %(days)s days you can make two of them again.", days=UNDO_FOR.days),
        "success",
    )
    return redirect(url_for(".show", contact_id=contact_id), 303)


@blueprint.post("/<uuid:contact_id>/merges/<uuid:merge_id>/undo")
@requires(Permission.CONTACTS_MERGE)
def undo_merge(contact_id: UUID, merge_id: UUID) -> Response:
    """Make two of them again."""
    get_or_404(Contact, contact_id)
    get_or_404(ContactMerge, merge_id)
    try:
        take_back(current_actor(), contact_id, merge_id)
        db.session.commit()
    except Conflict as conflict:
        db.session.rollback()
        flash(conflict.message, "error")
    else:
        flash(_("They are two contacts again."), "success")
    return redirect(url_for(".show", contact_id=contact_id), 303)


@blueprint.post("/<uuid:contact_id>/apart/<uuid:other_id>")
@requires(Permission.CONTACTS_MERGE)
def keep_apart(contact_id: UUID, other_id: UUID) -> Response:
    """Two people, not one; the answer offers the way back."""
    set_apart(current_actor(), contact_id, other_id)
    db.session.commit()
    kind = RuleKind.STRICT if request.form.get("rule") == RuleKind.STRICT else None
    return redirect(url_for(".duplicates", apart=contact_id, other=other_id, rule=kind), 303)


@blueprint.post("/<uuid:contact_id>/apart/<uuid:other_id>/removal")
@requires(Permission.CONTACTS_MERGE)
def propose(contact_id: UUID, other_id: UUID) -> Response:
    """Propose the two again."""
    propose_again(current_actor(), contact_id, other_id)
    db.session.commit()
    flash(_("They are proposed again."), "success")
    return redirect(url_for(".duplicates"), 303)


@blueprint.get("/duplicates/rules")
@requires(Permission.CONTACTS_MERGE)
def rules() -> str:
    """The two rules, in numbers."""
    return _rules_page()


@blueprint.post("/duplicates/rules/<kind>")
@requires(Permission.CONTACTS_SETTINGS)
def change_rule(kind: str) -> Response | tuple[str, int]:
    """The organisation's own rule from now on."""
    if kind not in set(RuleKind):
        raise NotFound
    chosen, form = RuleKind(kind), RuleForm()
    if not form.validate():
        return _rules_page(chosen, form), 422
    try:
        save_rule(current_actor(), chosen, form.threshold.data or 0, form.weighted())
    except Invalid as invalid:
        form.show(invalid.details)
        return _rules_page(chosen, form), 422
    db.session.commit()
    flash(_("The rule holds from now on."), "success")
    return redirect(url_for(".duplicates", rule=chosen), 303)


def _just_apart() -> list[Contact]:
    """The two that were set apart just now, for the way back."""
    ids = [as_id(request.args.get(name)) for name in ("apart", "other")]
    first, second = ids
    if first is None or second is None or find_apart(first, second) is None:
        return []
    found = list_by_id([first, second])
    return [found[one] for one in (first, second) if one in found]


def _merge_page(
    first: Contact, second: Contact, choices: dict[str, str] | None = None, refusal: str = ""
) -> str:
    mine, theirs = kept_values(first), kept_values(second)
    units = list_unit_names({one.unit_id for one in (first, second) if one.unit_id})
    rows: list[dict[str, Any]] = []
    for name in COMPARED:
        if mine[name] == theirs[name] and not mine[name]:
            continue
        # What is known of one of them alone is kept.
        alone = SECOND if not mine[name] else FIRST
        must_choose = bool(mine[name] and theirs[name] and mine[name] != theirs[name])
        preset = alone if not must_choose else BOTH if name in SEVERAL else FIRST
        rows.append(
            {
                "name": name,
                "label": FIELDS[name],
                "first": said(name, mine[name], units),
                "second": said(name, theirs[name], units),
                "is_equal": mine[name] == theirs[name],
                "must_choose": must_choose,
                "may_be_both": name in SEVERAL,
                "chosen": (choices or {}).get(name, preset),
            }
        )
    return render_template(
        "contacts/merge.html",
        first=first,
        second=second,
        rows=rows,
        refusal=refusal,
        undo_days=UNDO_FOR.days,
        form=PlainForm(formdata=None),
    )


def _rules_page(refused: RuleKind | None = None, form: RuleForm | None = None) -> str:
    actor = current_actor()
    parts = [
        (
            kind,
            form
            if kind is refused and form is not None
            else RuleForm(formdata=None, data=rule_values(get_rule(kind))),
        )
        for kind in RULES
    ]
    return render_template(
        "contacts/rules.html", parts=parts, refused=form, may_edit=actor.can(Permission.CONTACTS_SETTINGS)
    )
