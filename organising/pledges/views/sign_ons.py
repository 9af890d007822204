"""Organisations that sign: where all stand, one's own request and decision, and the coordinator's invitations."""

from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from ...organisations.queries import find_status, get_own_organisation
from ...platform.access import current_actor, requires
from ...platform.db import db, get_or_404
from ...platform.errors import Conflict, Forbidden, Invalid, NotFound
from ...platform.permissions import Permission
from .. import sign_on_words
from ..models import PledgeDrive, PledgeSignOn
from ..queries import get_wording, list_wordings
from ..queries.sign_ons import (
    OwnSignOn,
    PartnerSignOn,
    get_own_sign_on,
    list_partner_sign_ons,
    list_published_sign_ons,
)
from ..services import sign_ons as services
from ..sign_on_forms import DecisionForm, InvitationForm, SignOnForm
from ..sign_on_states import SignOnState, may
from .blueprint import blueprint, chosen_drive, tabs

ASKABLE = (SignOnState.NONE, SignOnState.DECLINED, SignOnState.WITHDRAWN)


@blueprint.get("/pledges/organisations")
@requires(Permission.PLEDGES_TOTALS)
def sign_ons() -> AnyResponse:
    """Who is on the public list, where one's own organisation stands, and for the coordinator where all do."""
    drive = chosen_drive(current_actor())
    if drive is None:
        return redirect(url_for("pledges.index"), 303)
    return make_response(_list_page(drive, InvitationForm(formdata=None)))


@blueprint.route("/pledges/drives/<uuid:drive_id>/sign-on", methods=["GET", "POST"])
@requires(Permission.PLEDGES_TOTALS)
def sign_on(drive_id: UUID) -> AnyResponse:
    """The wording, and one's own organisation's way to sign it: asked by one person, approved by another."""
    drive, form = get_or_404(PledgeDrive, drive_id), SignOnForm()
    if request.method == "GET":
        return _own_page(drive, None, DecisionForm(formdata=None))
    if not form.validate():
        return _own_page(drive, form, DecisionForm(formdata=None), 422)
    try:
        services.ask_to_sign(current_actor(), drive, form.given())
        db.session.commit()
    except Conflict as error:
        return _refused(drive_id, error, form)
    flash(_("Your colleagues are asked. Somebody else approves it; until then nothing is signed."), "success")
    return redirect(url_for("pledges.sign_on", drive_id=drive_id), 303)


@blueprint.post("/pledges/sign-ons/<uuid:sign_on_id>/approval")
@requires(Permission.SIGN_ONS_APPROVE)
def approve_sign_on(sign_on_id: UUID) -> AnyResponse:
    """Sign for the organisation what a colleague asked for."""
    form = DecisionForm()
    drive_id = _drive_of(sign_on_id)
    if not form.validate():
        return _own_page(get_or_404(PledgeDrive, drive_id), None, form, 422)
    try:
        changed = services.approve(current_actor(), sign_on_id, form.text_hash.data or "", form.words())
        db.session.commit()
    except (Conflict, Forbidden) as error:
        return _refused(drive_id, error, None, form)
    flash(_("Signed.") if changed else _("It was signed already."), "success")
    return redirect(url_for("pledges.sign_on", drive_id=drive_id), 303)


@blueprint.post("/pledges/sign-ons/<uuid:sign_on_id>/refusal")
@requires(Permission.SIGN_ONS_APPROVE)
def decline_sign_on(sign_on_id: UUID) -> AnyResponse:
    """Say no to a colleague's request."""
    form = DecisionForm()
    drive_id = _drive_of(sign_on_id)
    if not form.validate():
        return _own_page(get_or_404(PledgeDrive, drive_id), None, form, 422)
    try:
        services.decline(current_actor(), sign_on_id, form.words())
        db.session.commit()
    except (Conflict, Forbidden) as error:
        return _refused(drive_id, error, None, form)
    flash(_("Declined. If you think again, anybody with you can ask anew."), "success")
    return redirect(url_for("pledges.sign_on", drive_id=drive_id), 303)


@blueprint.post("/pledges/drives/<uuid:drive_id>/sign-on/refusal")
@requires(Permission.SIGN_ONS_APPROVE)
def turn_down(drive_id: UUID) -> AnyResponse:
    """Decline the coordinator's invitation."""
    drive, form = get_or_404(PledgeDrive, drive_id), DecisionForm()
    if not form.validate():
        return _own_page(drive, None, form, 422)
    try:
        services.turn_down(current_actor(), drive, form.words())
        db.session.commit()
    except Conflict as error:
        return _refused(drive_id, error, None, form)
    flash(_("Declined. If you think again, anybody with you can ask anew."), "success")
    return redirect(url_for("pledges.sign_on", drive_id=drive_id), 303)


@blueprint.post("/pledges/sign-ons/<uuid:sign_on_id>/taking-back")
@requires(Permission.SIGN_ONS_PREPARE)
def take_back_sign_on(sign_on_id: UUID) -> AnyResponse:
    """Ask no longer."""
    drive_id = _drive_of(sign_on_id)
    changed = services.take_back(current_actor(), sign_on_id)
    db.session.commit()
    flash(_("The request is taken back.") if changed else _("Nothing changed."), "success")
    return redirect(url_for("pledges.sign_on", drive_id=drive_id), 303)


@blueprint.post("/pledges/sign-ons/<uuid:sign_on_id>/withdrawal")
@requires(Permission.SIGN_ONS_APPROVE)
def withdraw_sign_on(sign_on_id: UUID) -> AnyResponse:
    """Take the own name off the list, at once."""
    drive_id = _drive_of(sign_on_id)
    changed = services.withdraw(current_actor(), sign_on_id)
    db.session.commit()
    flash(
        _("Your name is off the list. To put it back, ask and approve again.")
        if changed
        else _("Nothing changed."),
        "success",
    )
    return redirect(url_for("pledges.sign_on", drive_id=drive_id), 303)


@blueprint.post("/pledges/drives/<uuid:drive_id>/sign-on-invitations")
@requires(Permission.CAMPAIGN_EDIT)
def invite_to_sign(drive_id: UUID) -> AnyResponse:
    """Ask partners to sign."""
    drive, form = get_or_404(PledgeDrive, drive_id), InvitationForm()
    actor = current_actor()
    form.offer(_offered(drive, list_partner_sign_ons(drive)))
    if not form.validate():
        return make_response(_list_page(drive, form), 422)
    try:
        number = services.invite(actor, drive, form.chosen())
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        form.organisations.errors = [error.message]
        return make_response(_list_page(get_or_404(PledgeDrive, drive_id), form), 422)
    flash(ngettext("%(num)d partner is asked.", "%(num)d partners are asked.", number), "success")
    return redirect(url_for("pledges.sign_ons", drive=drive_id), 303)


@blueprint.post("/pledges/drives/<uuid:drive_id>/sign-on-invitations/<uuid:organisation_id>/removal")
@requires(Permission.CAMPAIGN_EDIT)
def call_off_invitation(drive_id: UUID, organisation_id: UUID) -> AnyResponse:
    """Take an invitation back."""
    changed = services.call_off(current_actor(), get_or_404(PledgeDrive, drive_id), organisation_id)
    db.session.commit()
    flash(
        _("The invitation is taken back. Ask again to undo this.") if changed else _("Nothing changed."),
        "success",
    )
    return redirect(url_for("pledges.sign_ons", drive=drive_id), 303)


def _drive_of(sign_on_id: UUID) -> UUID:
    row = get_or_404(PledgeSignOn, sign_on_id)
    if row.organisation_id != current_actor().organisation_id:
        raise NotFound
    return row.drive_id


def _refused(
    drive_id: UUID, error: Conflict | Forbidden, form: SignOnForm | None, decision: DecisionForm | None = None
) -> AnyResponse:
    db.session.rollback()
    drive = get_or_404(PledgeDrive, drive_id)
    return _own_page(drive, form, decision or DecisionForm(formdata=None), error.status, error.message)


def _offered(drive: PledgeDrive, partners: list[PartnerSignOn]) -> list[tuple[UUID, str]]:
    return [
        (one.organisation.id, one.organisation.name)
        for one in partners
        if one.state in ASKABLE and one.organisation.id != drive.organisation_id
    ]


def _list_page(drive: PledgeDrive, form: InvitationForm) -> str:
    actor = current_actor()
    is_host = drive.organisation_id == actor.organisation_id and actor.can(Permission.CAMPAIGN_EDIT)
    partners = list_partner_sign_ons(drive) if is_host else []
    form.offer(_offered(drive, partners))
    return render_template(
        "pledges/sign_ons.html",
        drive=drive,
        tabs=tabs(actor, drive, "sign_ons"),
        published=list_published_sign_ons(drive.id),
        own=get_own_sign_on(actor, drive),
        organisation=actor.organisation_name,
        may_ask=actor.can(Permission.SIGN_ONS_PREPARE) and drive.status != "archived",
        is_host=is_host,
        partners=partners,
        form=form,
        states=sign_on_words.state_words(),
        tones=sign_on_words.TONES,
    )


def _own_page(
    drive: PledgeDrive,
    form: SignOnForm | None,
    decision: DecisionForm,
    status: int = 200,
    refusal: str = "",
) -> AnyResponse:
    actor = current_actor()
    own, wording = get_own_sign_on(actor, drive), list_wordings(drive)[0]
    text_hash = services.text_hash(wording)
    if form is None:
        told = own.asked or own.signed
        form = SignOnForm(
            formdata=None,
            name=told.name if told else get_own_organisation(actor).name,
            signatory=told.signatory if told else "",
            signatory_role=told.signatory_role if told else "",
        )
    form.version.data, form.text_hash.data = wording.version, text_hash
    form.version.raw_data = None
    standing = find_status(actor)
    is_publishable = bool(standing and standing.may_be_published)
    body = render_template(
        "pledges/sign_on.html",
        drive=drive,
        tabs=tabs(actor, drive, "sign_ons"),
        wording=wording,
        signed_wording=get_wording(drive, own.signed.wording_version) if own.signed else None,
        own=own,
        rights=_rights(own),
        form=form,
        decision=decision,
        refusal=refusal,
        organisation=actor.organisation_name,
        reads_inside=actor.can(Permission.SIGN_ONS_PREPARE),
        states=sign_on_words.state_words(),
        tones=sign_on_words.TONES,
        is_publishable=is_publishable,
        why_not_public=sign_on_words.why_not_public(is_publishable, drive.status),
    )
    return make_response(body, status)


def _rights(own: OwnSignOn) -> dict[str, bool]:
    """What role and part in it leave open to this person."""
    actor = current_actor()
    is_asker = own.asked is not None and own.inside is not None and own.inside.asked_by == actor.user_id
    return {
        verb: may(actor, verb, is_asker=is_asker)
        for verb in ("ask", "approve", "take_back", "withdraw", "turn_down")
    } | {"is_asker": is_asker}
