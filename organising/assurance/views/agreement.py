"""The data agreement: read by every member, accepted by an admin, set anew by the lead."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ...organisations.queries import is_lead, list_partners
from ...platform.access import current_actor, requires, signed_in
from ...platform.db import db
from ...platform.errors import Conflict, NotFound
from ...platform.given import as_version
from ...platform.permissions import Permission
from ...safeguards.queries import find_standing, find_version, list_acceptances, list_versions
from ...safeguards.services import accept_agreement, set_version
from ..forms import AcceptForm, TermsForm
from .blueprint import blueprint


@blueprint.get("/organisation/agreement")
@signed_in("what the organisation agreed to binds every member")
def agreement() -> str:
    """A version's clauses, who accepted it, and what each makes the product do."""
    actor = current_actor()
    standing = find_standing(actor.organisation_id, actor.campaign_id)
    asked = request.args.get("version")
    shown = standing.newest if asked is None else find_version(actor.campaign_id, as_version(asked) or 0)
    if shown is None:
        raise NotFound
    accepted: dict[Any, list[Any]] = {}
    for one in list_acceptances(actor.campaign_id):
        accepted.setdefault(one.organisation_id, []).append(one)
    form = AcceptForm(
        formdata=None, data={"version": str(standing.newest.number), "digest": standing.newest.digest}
    )
    return render_template(
        "assurance/agreement.html",
        standing=standing,
        version=shown,
        versions=list_versions(actor.campaign_id),
        partners=list_partners(actor.campaign_id) if actor.campaign_id else [],
        accepted=accepted,
        form=form,
        may_accept=actor.can(Permission.AGREEMENT_ACCEPT) and actor.campaign_id is not None,
        may_set=actor.can(Permission.CAMPAIGN_EDIT) and is_lead(actor),
    )


@blueprint.post("/organisation/agreement/acceptances")
@requires(Permission.AGREEMENT_ACCEPT)
def accept() -> Response:
    """Say yes for the organisation to the version that was shown."""
    try:
        accept_agreement(
            current_actor(), as_version(request.form.get("version")) or 0, request.form.get("digest", "")
        )
        db.session.commit()
    except Conflict as conflict:
        db.session.rollback()
        flash(conflict.message, "error")
    else:
        flash(_("Accepted for your organisation, in your name."), "success")
    return redirect(url_for(".agreement"), 303)


@blueprint.route("/organisation/agreement/versions", methods=["GET", "POST"])
@requires(Permission.CAMPAIGN_EDIT)
def new_version() -> str | Response | tuple[str, int]:
    """The lead sets another version; every partner is asked again."""
    actor = current_actor()
    if not is_lead(actor):
        raise NotFound
    newest = list_versions(actor.campaign_id)[0]
    form = TermsForm(data=newest.terms.kept())
    form.offer()
    if request.method == "GET":
        return render_template("assurance/version.html", form=form, newest=newest)
    if not form.validate():
        return render_template("assurance/version.html", form=form, newest=newest), 422
    try:
        made = set_version(
            actor, (form.name.data or "").strip(), (form.note.data or "").strip(), form.terms()
        )
    except Conflict as conflict:
        form.form_errors.append(conflict.message)
        return render_template("assurance/version.html", form=form, newest=newest), 422
    db.session.commit()
    flash(
        _(
            "%(name)s stands. Every partner’s admin is asked to accept it, yours too; what they accepted before holds for 30 days.",
            name=made.name,
        ),
        "success",
    )
    return redirect(url_for(".agreement"), 303)
