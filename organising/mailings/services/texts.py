"""Keeping what was written: earlier texts, templates, the signature."""

from uuid import UUID

from flask_babel import gettext as _

from organising.mailings.models import (
    SIGNATURE_LENGTH,
    TEMPLATE_NAME_LENGTH,
    Mailing,
    MailingSignature,
    MailingTemplate,
)
from organising.mailings.queries.mailings import get_own
from organising.mailings.queries.texts import find_signature, get_template, get_version, list_templates
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import Conflict, Invalid
from organising.platform.permissions import Permission

from .drafting import ANY_MODE, keep_version, note_edit, open_for_edit


def bring_back(actor: Actor, mailing_id: UUID, number: int, version: int) -> Mailing:
    """Write with an earlier text again; it is a new version, and what stood until now stays one. Raises Conflict
    where somebody changed the mailing since ``version``, NotFound.
    """
    mailing = open_for_edit(actor, mailing_id, ANY_MODE)
    if mailing.version != version:
        raise Conflict(_("Somebody changed this mailing meanwhile. Look at it again."))
    earlier = get_version(actor, mailing_id, number)
    if (mailing.subject, mailing.body) != (earlier.subject, earlier.body):
        mailing.subject, mailing.body = earlier.subject, earlier.body
        note_edit(actor, mailing, "text")
        keep_version(actor, mailing, of_number=number)
    return mailing


def save_template(actor: Actor, mailing_id: UUID, name: str) -> MailingTemplate:
    """Keep a mailing's text under a name; one of the same name takes the new text. Raises Invalid by field."""
    actor.check(Permission.MAILINGS_DRAFT)
    mailing = get_own(actor, mailing_id)
    name = " ".join(name.split())
    if not 0 < len(name) <= TEMPLATE_NAME_LENGTH:
        raise Invalid(
            _("The template was not kept yet."),
            name=_("Give it a name of up to %(most)s letters.", most=TEMPLATE_NAME_LENGTH),
        )
    known = next((one for one in list_templates(actor) if one.name.casefold() == name.casefold()), None)
    if known is None:
        known = MailingTemplate(organisation_id=actor.organisation_id, name=name)
        db.session.add(known)
    known.subject, known.body, known.author_label = mailing.subject, mailing.body, actor.author_label
    db.session.flush()
    audit.record(actor, "mailing_template.saved", "mailing_template", known.id)
    return known


def remove_template(actor: Actor, template_id: UUID) -> MailingTemplate:
    """Take a template from the list; twice is once. Raises NotFound."""
    actor.check(Permission.MAILINGS_DRAFT)
    template = get_template(actor, template_id)
    if template.remove(now()):
        audit.record(actor, "mailing_template.removed", "mailing_template", template.id)
    return template


def restore_template(actor: Actor, template_id: UUID) -> MailingTemplate:
    """Undo :func:`remove_template`."""
    actor.check(Permission.MAILINGS_DRAFT)
    template = get_template(actor, template_id)
    if template.restore():
        audit.record(actor, "mailing_template.restored", "mailing_template", template.id)
    return template


def sign_with(actor: Actor, text: str) -> MailingSignature:
    """Keep how the organisation's letters are signed; drafts take it at once, what was signed off keeps its own.

    Raises Invalid by field.
    """
    actor.check(Permission.MAILINGS_DRAFT)
    text = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    if len(text) > SIGNATURE_LENGTH:
        raise Invalid(
            _("The signature was not kept yet."),
            text=_("Use at most %(most)s characters.", most=SIGNATURE_LENGTH),
        )
    # What is put into a letter is never read for fields: braces in it would be printed.
    if "{{" in text or "}}" in text:
        raise Invalid(
            _("The signature was not kept yet."),
            text=_("A signature holds no fields. Write it as it is to be read."),
        )
    signature = find_signature(actor.organisation_id)
    if signature is None:
        signature = MailingSignature(
            organisation_id=actor.organisation_id, text="", editor_label="", updated_at=now()
        )
        db.session.add(signature)
    if signature.text != text:
        signature.text, signature.editor_label, signature.updated_at = text, actor.author_label, now()
        db.session.flush()
        audit.record(actor, "mailing_signature.changed", "mailing_signature", signature.id)
    return signature
