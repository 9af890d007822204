"""What the desk writes: in the person's language, under a subject that tells a bystander nothing."""

from datetime import timedelta
from uuid import UUID

from flask_babel import gettext as _

from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import find
from organising.platform.discreet import discreet_mail
from organising.platform.languages import in_language
from organising.platform.message import OutgoingMail
from organising.platform.once import send_link
from organising.rights.links import BUNDLE_DAYS, bundle_url, confirm_url
from organising.rights.models import MailKind, RequestState, RightsMail, RightsRequest
from organising.rights.queries import count_asked_since

UNCONFIRMED_DAYS = 14
MOST_MAILS_A_DAY = 3
DAY = timedelta(days=1)


def send_confirmation(actor: Actor, request_id: UUID) -> bool:
    """Ask an address whether it was them, once; returns whether the mail left now. Runs twice without harm."""
    request = find(RightsRequest, request_id)
    if request is None or request.state != RequestState.UNCONFIRMED or not request.email:
        return False
    if request.confirmation_sent_at is not None:
        return False
    if request.email_key and count_asked_since(request.email_key, now() - DAY) >= MOST_MAILS_A_DAY:
        request.confirmation_refused_at = now()
        return False
    with in_language(request.language):
        mail = discreet_mail(request.email, _confirmation(actor, request))
    return request.send_confirmation(mail).may_have_left


def _confirmation(actor: Actor, request: RightsRequest) -> str:
    text: str = _(
        "Hello,\n\n"
        "This address was used to ask %(organisation)s about personal data.\n\n"
        "If that was you, open this page and press the button:\n\n%(link)s\n\n"
        "Only then do we begin.\n\n"
        "If it was not you, the same page lets you say so, and what was typed is erased. If nobody does anything, it is "
        "erased after %(days)d days.\n",
        organisation=actor.organisation_name,
        link=confirm_url(request.organisation_id, request.id, request.language),
        days=UNCONFIRMED_DAYS,
    )
    return text


def send_mail(actor: Actor, mail_id: UUID) -> bool:
    """Send one message, once; returns whether it left now. An address that is needed no more goes with it."""
    mail = find(RightsMail, mail_id)
    if mail is None or mail.sent_at is not None or mail.refusal_code is not None or not mail.address:
        return False
    request = find(RightsRequest, mail.request_id)
    assert request is not None
    with in_language(mail.language):
        message = _compose(actor, request, mail)
    attempt = send_link(RightsMail, mail_id, message)
    waits = attempt.refusal is not None and not attempt.refusal.is_permanent
    if mail.kind == MailKind.ERASED and not waits:
        _forget(mail_id)
    return attempt.may_have_left


def _forget(mail_id: UUID) -> None:
    mail = find(RightsMail, mail_id)
    if mail is not None:
        mail.address = mail.words = mail.language = None


def _compose(actor: Actor, request: RightsRequest, mail: RightsMail) -> OutgoingMail:
    texts = {MailKind.BUNDLE: _bundle, MailKind.ANSWER: _answer, MailKind.ERASED: _erased}
    text = texts[MailKind(mail.kind)](actor, request, mail)
    return discreet_mail(mail.address or "", text, again=True)


def _bundle(actor: Actor, request: RightsRequest, mail: RightsMail) -> str:
    text: str = _(
        "Hello,\n\n"
        "You asked %(organisation)s what it keeps about you. It is ready:\n\n%(link)s\n\n"
        "The link works for %(days)d days. Whoever has it can read what it opens: pass it on to nobody.\n",
        organisation=actor.organisation_name,
        link=bundle_url(request.organisation_id, request.id, request.link_version, mail.language),
        days=BUNDLE_DAYS,
    )
    return text


def _answer(actor: Actor, request: RightsRequest, mail: RightsMail) -> str:
    text: str = _(
        "Hello,\n\n"
        "You asked %(organisation)s about your personal data. Its answer:\n\n%(words)s\n\n"
        "If you are not content, write to %(organisation)s again, complain to the Information Commissioner "
        "(ico.org.uk/make-a-complaint), or go to a court.\n",
        organisation=actor.organisation_name,
        words=mail.words or "",
    )
    return text


def _erased(actor: Actor, request: RightsRequest, mail: RightsMail) -> str:
    text: str = _(
        "Hello,\n\n"
        "You asked %(organisation)s to erase what it keeps about you. It is done; this address goes with this message.\n\n"
        "Keyed hashes stay, which can’t be read back: by them an import does not bring you back, and nobody writes to "
        "you. Backups are overwritten in time, and when one is restored you are erased from it again.\n\n"
        "Partners in the coalition keep records of their own: ask each of them.\n",
        organisation=actor.organisation_name,
    )
    return text
