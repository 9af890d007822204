"""Writing to those who can sign off: once to each about each content, with a link that needs no sign-in."""

from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext

from organising.mailings.audience import included, list_entries
from organising.mailings.audiences import find_audience_of
from organising.mailings.content import Letter
from organising.mailings.links import AskedOf, sign_off_token
from organising.mailings.merge import Unparsable
from organising.mailings.models import Mailing, SignOffRequest
from organising.mailings.queries import name_of, texts_of
from organising.mailings.queries.lines import agreed_in_advance
from organising.mailings.states import MailingMode
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.links import address_of_page
from organising.platform.message import OutgoingMail
from organising.platform.notices import Notice
from organising.platform.ui import long_datetime

from .decisions import why_not_name, why_not_sign


def is_to_be_asked(actor: Actor, mailing: Mailing) -> bool:
    """Whether this person can answer for the text or for their organisation's name."""
    return why_not_name(actor, mailing) is None or why_not_sign(actor, mailing) is None


def notice_of(asked: AskedOf, mailing_organisation_id: UUID) -> Notice:
    """The right to write to one person about one content."""
    return Notice(
        SignOffRequest,
        beside={"mailing_organisation_id": mailing_organisation_id, "sent_at": now()},
        organisation_id=asked.organisation_id,
        mailing_id=asked.mailing_id,
        content_hash=asked.content_hash,
        user_id=asked.user_id,
    )


def compose_request(actor: Actor, email: str, mailing: Mailing, asked: AskedOf) -> OutgoingMail:
    """The message to one signer: what is asked, the letter as its first reader would get it, and the link."""
    named = why_not_name(actor, mailing) is None
    owner = name_of(mailing.organisation_id)
    values = {"owner": owner, "name": actor.organisation_name, "title": mailing.title}
    question = (
        _("%(owner)s asks whether %(name)s stands under this letter.", **values)
        if named
        else _("%(owner)s asks you to sign off this mailing.", **values)
    )
    parts = [_("Hello %(name)s,", name=actor.display_name), question]
    signs_too = named and why_not_sign(actor, mailing) is None
    if signs_too:
        parts.append(_("It asks you to sign off the text as well: nothing leaves before somebody has."))
    if named and mailing.objections_until is not None:
        day = long_datetime(mailing.objections_until)
        in_advance = str(actor.organisation_id) in agreed_in_advance(mailing)
        parts.append(
            _(
                "You agreed to every line of it in advance. Object by %(day)s, or it goes out with your name.",
                day=day,
            )
            if in_advance
            else _("Answer by %(day)s. Without an answer it goes out without your name.", day=day)
        )
    parts.append(_("Read it and answer here, without signing in:") + "\n" + _address(asked))
    parts.append(_goes_to(mailing))
    parts.append("— — —\n" + _letter(mailing) + "\n— — —")
    if mailing.asked_names:
        parts.append(_("The names at its end are all that were asked; each stands there only after a yes."))
    parts.append(
        _("The link is yours alone: whoever has it can answer in your name. It ends when the letter changes.")
    )
    if signs_too:
        subject = _("To sign off, and %(name)s’s name under it: %(title)s", **values)
    elif named:
        subject = _("%(name)s’s name under “%(title)s”?", **values)
    else:
        subject = _("To sign off: %(title)s", **values)
    return OutgoingMail(to=email, subject=subject, text="\n\n".join(parts) + "\n")


def _goes_to(mailing: Mailing) -> str:
    number = mailing.audience_count or 0
    words: str = (
        ngettext("It goes to one person.", "It goes to %(num)d people.", number)
        if MailingMode(mailing.mode).is_to_people
        else ngettext("It goes to one representative.", "It goes to %(num)d representatives.", number)
    )
    return words


def _letter(mailing: Mailing) -> str:
    audience = find_audience_of(mailing)
    try:
        letter = audience.example(mailing) if audience else _first_letter(mailing)
    except (Unparsable, KeyError, IndexError):
        return f"{mailing.subject}\n\n{mailing.body}"
    return f"{letter.subject}\n\n{letter.text.strip()}"


def _first_letter(mailing: Mailing) -> Letter:
    return texts_of(mailing).letter(included(list_entries(mailing))[0])


def _address(asked: AskedOf) -> str:
    return address_of_page("mailings.answer_link", token=sign_off_token(asked))
