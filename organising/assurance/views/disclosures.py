"""The register of requests by authorities."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ...organisations.queries import list_names
from ...platform.access import current_actor, requires
from ...platform.db import db, get_or_404
from ...platform.errors import Conflict, Forbidden, Invalid
from ...platform.pagination import page
from ...platform.permissions import Permission
from ..forms import DisclosureForm, WordsForm
from ..models import DisclosureRequest
from ..queries import list_disclosures
from ..services import disclosures as services
from ..words import BASES, COMPELS, DISCLOSURES
from .blueprint import blueprint


@blueprint.route("/organisation/disclosures", methods=["GET", "POST"])
@requires(Permission.DISCLOSURES_DECIDE)
def disclosures() -> str | Response | tuple[str, int]:
    """Every request, and the form to write one down."""
    form = DisclosureForm()
    form.offer()
    if request.method == "GET":
        return _list(form)
    if not form.validate():
        return _list(form), 422
    assert form.received_on.data
    try:
        row = services.log_request(
            current_actor(),
            authority=(form.authority.data or "").strip(),
            basis=form.basis.data,
            received_on=form.received_on.data,
            subject=(form.subject.data or "").strip(),
            asked=(form.asked.data or "").strip(),
        )
    except Invalid as invalid:
        form.show(invalid.details)
        return _list(form), 422
    after = url_for(".disclosure", disclosure_id=row.id)
    db.session.commit()
    flash(
        _("Written down, and refused. Nothing is given unless two people say that it has to be."), "success"
    )
    return redirect(after, 303)


@blueprint.get("/organisation/disclosures/<uuid:disclosure_id>")
@requires(Permission.DISCLOSURES_DECIDE)
def disclosure(disclosure_id: UUID) -> str:
    """One request, and what may be done about it."""
    return _show(get_or_404(DisclosureRequest, disclosure_id))


@blueprint.post("/organisation/disclosures/<uuid:disclosure_id>/approvals")
@requires(Permission.DISCLOSURES_DECIDE)
def approve_disclosure(disclosure_id: UUID) -> Response | tuple[str, int]:
    """Say that this one has to be answered."""
    words = request.form.get("text", "")
    return _do(disclosure_id, lambda: services.approve(current_actor(), disclosure_id, words))


@blueprint.post("/organisation/disclosures/<uuid:disclosure_id>/answer")
@requires(Permission.DISCLOSURES_DECIDE)
def answer_disclosure(disclosure_id: UUID) -> Response | tuple[str, int]:
    """Write down what was given."""
    words = request.form.get("text", "")
    return _do(disclosure_id, lambda: services.note_answer(current_actor(), disclosure_id, words))


@blueprint.post("/organisation/disclosures/<uuid:disclosure_id>/refusal")
@requires(Permission.DISCLOSURES_DECIDE)
def refuse_disclosure(disclosure_id: UUID) -> Response | tuple[str, int]:
    """Refuse it again, or note that it was withdrawn."""
    withdrawn = request.form.get("withdrawn") == "yes"
    return _do(disclosure_id, lambda: services.refuse(current_actor(), disclosure_id, withdrawn=withdrawn))


def _do(disclosure_id: UUID, act: Callable[[], Any]) -> Response | tuple[str, int]:
    get_or_404(DisclosureRequest, disclosure_id)
    try:
        act()
        db.session.commit()
    except (Conflict, Forbidden, Invalid) as refusal:
        db.session.rollback()
        form = WordsForm()
        form.text.errors = [refusal.message]
        return _show(get_or_404(DisclosureRequest, disclosure_id), form), refusal.status
    return redirect(url_for(".disclosure", disclosure_id=disclosure_id), 303)


def _list(form: DisclosureForm) -> str:
    found = page(
        list_disclosures(),
        order_by=[DisclosureRequest.created_at, DisclosureRequest.id],
        cursor=request.args.get("cursor"),
        size=25,
        descending=True,
    )
    return render_template(
        "assurance/disclosures.html", form=form, page=found, bases=BASES, states=DISCLOSURES
    )


def _show(row: DisclosureRequest, form: WordsForm | None = None) -> str:
    actor = current_actor()
    return render_template(
        "assurance/disclosure.html",
        row=row,
        form=form or WordsForm(formdata=None),
        names=list_names(actor),
        bases=BASES,
        states=DISCLOSURES,
        compels=row.basis in COMPELS,
        may_approve=actor.user_id not in (row.user_id, row.first_approver),
    )
