"""Whom the organisation's mailings come from: adding, proving, changing, and choosing for one mailing."""

from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from organising.mailings import queries
from organising.mailings.forms import SenderChoiceForm, SenderForm
from organising.mailings.models import SenderIdentity
from organising.mailings.proof_links import read_proof_token
from organising.mailings.queries import identities as found
from organising.mailings.services import identities as services
from organising.mailings.services import mail_servers
from organising.mailings.states import BEFORE_SENDING, MailingState
from organising.organisations.queries import find_system_actor
from organising.platform.access import Readers, current_actor, own_context, public, requires
from organising.platform.clock import now
from organising.platform.db import db, get_or_404
from organising.platform.errors import Conflict, Invalid, NotFound
from organising.platform.given import as_id
from organising.platform.message import address_of
from organising.platform.permissions import Permission
from organising.platform.tenancy import Context, use_context

from . import blueprint

Answer = Response | str | tuple[str, int]


@blueprint.get("/senders")
@requires(Permission.MAILINGS_SEND)
def senders() -> str:
    """The organisation's senders, what each waits for, and the server they leave through."""
    listed = found.list_identities()
    proofs = found.list_proofs([one.id for one in listed])
    settings = current_app.config["SETTINGS"]
    return render_template(
        "mailings/senders.html",
        actor=current_actor(),
        senders=listed,
        # The newest link to each address says how it stands.
        proofs={(one.identity_id, one.address): one for one in reversed(proofs)},
        now=now(),
        server=found.find_mail_server(),
        allowed=settings.mail_hosts,
        own_address=address_of(settings.mail_from),
    )


@blueprint.route("/senders/new", methods=["GET", "POST"])
@requires(Permission.MAILINGS_SEND)
def new_sender() -> Answer:
    """Add a sender; a link goes to each of its addresses."""
    actor = current_actor()
    form = SenderForm()
    if form.validate_on_submit():
        try:
            services.add_identity(actor, form.sender())
        except Invalid as invalid:
            form.show(invalid)
        else:
            db.session.commit()
            flash(_("Added. Open the link that was mailed to its address, and confirm it."), "success")
            return _to_senders()
    elif not form.is_submitted():
        form.name.data = actor.organisation_name
    return _sender_page(form, None)


@blueprint.route("/senders/<uuid:identity_id>", methods=["GET", "POST"])
@requires(Permission.MAILINGS_SEND)
def sender(identity_id: UUID) -> Answer:
    """Change a sender; another address has to be proven."""
    identity = get_or_404(SenderIdentity, identity_id)
    if identity.removed_at is not None:
        raise NotFound
    form = SenderForm(obj=identity)
    if form.validate_on_submit():
        try:
            waits = services.change_identity(current_actor(), identity_id, form.sender())
        except Invalid as invalid:
            form.show(invalid)
        else:
            db.session.commit()
            flash(_("Saved. Its address has to be confirmed again.") if waits else _("Saved."), "success")
            return _to_senders()
    return _sender_page(form, identity)


def _sender_page(form: SenderForm, identity: SenderIdentity | None) -> str | tuple[str, int]:
    rendered = render_template(
        "mailings/sender.html",
        actor=current_actor(),
        form=form,
        sender=identity,
        users=found.list_users_of(identity.id) if identity else [],
    )
    return (rendered, 422) if form.errors else rendered


@blueprint.post("/senders/<uuid:identity_id>/links")
@requires(Permission.MAILINGS_SEND)
def send_sender_links(identity_id: UUID) -> Response:
    """Mail the links again."""
    number = services.send_links_again(current_actor(), identity_id)
    db.session.commit()
    flash(ngettext("A new link is on its way.", "%(num)d new links are on their way.", number), "success")
    return _to_senders()


@blueprint.post("/senders/<uuid:identity_id>/removal")
@requires(Permission.MAILINGS_SEND)
def remove_sender(identity_id: UUID) -> Response:
    """Let nothing come from it any more."""
    services.remove_identity(current_actor(), identity_id)
    db.session.commit()
    flash(_("Removed. No mailing comes from it any more."), "success")
    return _to_senders()


@blueprint.route("/senders/proof/<token>", methods=["GET", "POST"])
@public(
    "the link that was mailed to the address proves it; a scanner that follows it only sees a button",
    readers=Readers.STAFF,
)
@own_context
def prove_sender(token: str) -> Answer:
    """Say that an address is the organisation's: by a button, since scanners follow links."""
    organisation_id, proof_id = read_proof_token(token)
    with use_context(Context(organisation_id=organisation_id)) as session:
        open_proof = services.find_open_proof(proof_id, lock=request.method == "POST")
        if open_proof is None:
            return render_template("mailings/sender_proof.html", token=token, proof=None), 410
        proof, identity = open_proof
        shown = {"address": proof.address, "name": identity.name, "who": proof.asked_by}
        organisation = queries.name_of(organisation_id)
        proven = request.method == "POST"
        if proven:
            services.prove(find_system_actor(organisation_id), proof_id)
            session.commit()
    return render_template(
        "mailings/sender_proof.html", token=token, proof=shown, proven=proven, organisation=organisation
    )


@blueprint.route("/<uuid:mailing_id>/sender", methods=["GET", "POST"])
@requires(Permission.MAILINGS_DRAFT)
def choose_sender(mailing_id: UUID) -> Answer:
    """Choose whom one mailing comes from; an approval it had is void then."""
    actor = current_actor()
    mailing = queries.get_own(actor, mailing_id)
    if mailing.state not in (MailingState.DRAFT, *BEFORE_SENDING):
        raise Conflict(_("This mailing is on its way or over, so its sender can’t be changed."))
    form = SenderChoiceForm()
    default = address_of(current_app.config["SETTINGS"].mail_from)
    form.identity.choices = [
        ("default", _("The installation’s address, %(address)s", address=default)),
        *(
            (str(one.id), _("%(name)s, %(address)s; answers go to %(reply_to)s", name=one.name, address=one.address, reply_to=one.reply_to))
            for one in found.list_confirmed_identities()
        ),
    ]  # fmt: skip
    if form.validate_on_submit():
        voided = mailing.state != MailingState.DRAFT
        services.choose_sender(actor, mailing_id, as_id(form.identity.data), form.shown)
        db.session.commit()
        flash(_("Saved. The sign-off is void: ask for it again.") if voided else _("Saved."), "success")
        return redirect(url_for("mailings.show", mailing_id=mailing_id), 303)
    if not form.is_submitted():
        form.identity.data, form.version.data = str(mailing.identity_id or "default"), str(mailing.version)
    rendered = render_template(
        "mailings/choose_sender.html",
        mailing=mailing,
        form=form,
        may_add=actor.can(Permission.MAILINGS_SEND),
        host=mail_servers.leaves_through(mailing),
    )
    return (rendered, 422) if form.errors else rendered


def _to_senders() -> Response:
    return redirect(url_for("mailings.senders"), 303)
