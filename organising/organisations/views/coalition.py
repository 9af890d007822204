"""The coalition: its partners, and who may be published as a signatory."""

from uuid import UUID

from flask import flash, request
from flask_babel import gettext as _

from ...platform.access import current_actor, requires
from ...platform.actor import Actor
from ...platform.db import db
from ...platform.errors import Conflict, NotFound
from ...platform.permissions import Permission
from ...platform.tenancy import Context, use_context
from .. import coalition as services
from .. import queries
from ..forms import FirstAdminForm, PartnerForm, StatusForm
from ..models import CoalitionStatus, OrganisationKind
from ..words import KIND_NAMES, STATUS_NAMES, STATUS_TONES
from . import blueprint
from .page import Answer, page, to, told


def _coalition(actor: Actor) -> Context:
    """The one purpose in which partners and their standing can be written."""
    return Context(organisation_id=actor.organisation_id, user_id=actor.user_id, purpose="coalition")


@blueprint.get("/coalition")
@requires(Permission.CAMPAIGN_VIEW)
def list_partners() -> str:
    actor = current_actor()
    partners = queries.list_partners(actor.campaign_id) if actor.campaign_id else []
    return page(
        "coalition",
        partners=partners,
        own_campaign=queries.find_campaign(actor),
        kind_names=KIND_NAMES,
        status_names=STATUS_NAMES,
        status_tones=STATUS_TONES,
    )


@blueprint.route("/coalition/partners", methods=["GET", "POST"])
@requires(Permission.ORGANISATIONS_MANAGE)
def add_partner() -> Answer:
    form = PartnerForm()
    if request.method == "GET":
        return page("partner_new", form=form)
    if not form.validate():
        return page("partner_new", form=form), 422
    actor = current_actor()
    with use_context(_coalition(actor)):
        try:
            services.add_partner(
                actor,
                name=form.name.data or "",
                short_name=form.short_name.data or "",
                kind=OrganisationKind(form.kind.data),
                status=CoalitionStatus(form.status.data),
                admin_email=form.email.data or "",
            )
            db.session.commit()
        except Conflict as error:
            told(form, error, "short_name")
    if form.errors:
        return page("partner_new", form=form), 422
    flash(_("%(name)s is added, and its first admin is invited.", name=form.short_name.data), "success")
    return to("list_partners")


def _get_partner(actor: Actor, organisation_id: UUID) -> queries.Partner:
    partners = queries.list_partners(actor.campaign_id) if actor.campaign_id else []
    found = next((p for p in partners if p.organisation.id == organisation_id), None)
    if found is None:
        raise NotFound
    return found


def _partner_page(partner: queries.Partner, status_form: StatusForm, admin_form: FirstAdminForm) -> str:
    return page(
        "partner",
        partner=partner,
        status_form=status_form,
        admin_form=admin_form,
        kind_names=KIND_NAMES,
        status_names=STATUS_NAMES,
        status_tones=STATUS_TONES,
    )


@blueprint.route("/coalition/partners/<uuid:organisation_id>/status", methods=["GET", "POST"])
@requires(Permission.ORGANISATIONS_MANAGE)
def set_status(organisation_id: UUID) -> Answer:
    actor = current_actor()
    partner = _get_partner(actor, organisation_id)
    if request.method == "GET":
        return _partner_page(partner, StatusForm(status=str(partner.status)), FirstAdminForm())
    form = StatusForm()
    if not form.validate():
        return _partner_page(partner, form, FirstAdminForm(formdata=None)), 422
    with use_context(_coalition(actor)):
        services.set_status(actor, organisation_id, CoalitionStatus(form.status.data))
        db.session.commit()
    flash(_("The standing is changed."), "success")
    return to("list_partners")


@blueprint.post("/coalition/partners/<uuid:organisation_id>/invitations")
@requires(Permission.ORGANISATIONS_MANAGE)
def invite_first_admin(organisation_id: UUID) -> Answer:
    actor = current_actor()
    partner = _get_partner(actor, organisation_id)
    form = FirstAdminForm()
    if form.validate():
        with use_context(_coalition(actor)):
            try:
                services.invite_first_admin(actor, organisation_id, form.email.data or "")
                db.session.commit()
            except Conflict as error:
                told(form, error, "email")
    if form.errors:
        return _partner_page(partner, StatusForm(formdata=None, status=str(partner.status)), form), 422
    flash(_("The invitation is on its way."), "success")
    return to("list_partners")
