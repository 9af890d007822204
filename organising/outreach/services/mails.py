"""The mails that this domain sends one by one: a question, a fresh link, and what stops everybody. In the reader's language."""

from flask_babel import gettext as _

from organising.mailings.services.stops import DONE, Asked, token_of
from organising.outreach.links import confirm_url, preferences_url, stop_everyone_url
from organising.outreach.models import ConsentRequest, RequestKind
from organising.outreach.queries.requests import texts_asked
from organising.platform.actor import Actor
from organising.platform.languages import in_language, kept_language
from organising.platform.message import OutgoingMail


def request_mail(actor: Actor, request: ConsentRequest, address: str) -> OutgoingMail:
    """The question whether somebody agrees, or the fresh link that they asked for."""
    with in_language(request.confirmation_language):
        if request.kind == RequestKind.LINK:
            return _link_mail(actor, request, address)
        return _question_mail(actor, request, address)


def _question_mail(actor: Actor, request: ConsentRequest, address: str) -> OutgoingMail:
    link = confirm_url(request.organisation_id, request.id, language=kept_language())
    asked = "\n".join(f"– {words}" for words in texts_asked(request).values())
    text: str = _(
        "Hello,\n\n"
        "Somebody at %(organisation)s noted this address, and that you may want this:\n\n%(asked)s\n\n"
        "Only you decide. To say yes, open this page and press the button there:\n\n%(link)s\n\n"
        "If it was not you, the same page lets you say so: then nobody at %(organisation)s writes to this address again. "
        "If you do nothing, you get nothing.\n",
        organisation=actor.organisation_name,
        asked=asked,
        link=link,
    )
    return OutgoingMail(
        to=address,
        subject=_("Do you want this from %(organisation)s?", organisation=actor.organisation_name),
        text=text,
    )


def _link_mail(actor: Actor, request: ConsentRequest, address: str) -> OutgoingMail:
    link = preferences_url(
        request.organisation_id, request.contact_id, request.email_key, language=kept_language()
    )
    text: str = _(
        "Hello,\n\n"
        "Here is the page that you asked for. On it you choose what %(organisation)s sends you, or stop it:\n\n"
        "%(link)s\n\n"
        "If you did not ask for this email, there is nothing you need to do.\n",
        organisation=actor.organisation_name,
        link=link,
    )
    return OutgoingMail(
        to=address,
        subject=_("What you get from %(organisation)s", organisation=actor.organisation_name),
        text=text,
    )


def stop_mail(asked: Asked) -> OutgoingMail:
    """To whoever holds an address: the same whether anybody knows it or not."""
    with in_language(asked.language):
        link = stop_everyone_url(token_of(asked.address), language=kept_language())
        if asked.kind == DONE:
            subject = _("No campaign partner writes to you any more")
            text: str = _(
                "Hello,\n\n"
                "As you asked, none of the organisations of this campaign sends news, invitations or requests for money to "
                "this address any more. None of them is told who else knew you.\n\n"
                "If it was not you, or you change your mind, this page undoes it:\n\n%(link)s\n\n"
                "Keep this message: the link goes on working.\n",
                link=link,
            )
        else:
            subject = _("Stop all emails of the campaign?")
            text = _(
                "Hello,\n\n"
                "Somebody, you we hope, asked that none of the organisations of this campaign sends news, invitations or "
                "requests for money to this address any more. Everybody who asks gets this message, whether anybody knows "
                "the address or not.\n\n"
                "To stop them all, or to undo that, open this page and press the button there:\n\n%(link)s\n\n"
                "If you did not ask for it, there is nothing you need to do.\n",
                link=link,
            )
    return OutgoingMail(to=asked.address, subject=subject, text=text)
