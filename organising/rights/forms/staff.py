"""Forms of the desk: what a colleague writes down and decides."""

from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from organising.platform.form_parts import Confirming, DayField, choices
from organising.platform.given import as_id
from organising.pledges.canonical import parse_email
from organising.rights.models import (
    LONGEST_REASON,
    LONGEST_WORDS,
    CameBy,
    IdentityBy,
    PauseReason,
    RequestState,
)
from organising.rights.services.requests import Asked
from organising.rights.words import CAME_BY, IDENTITY, KINDS, PAUSES


class OpenForm(Confirming):
    """A request that came otherwise, as a colleague writes it down."""

    kind = RadioField(_l("They ask to"), choices=choices(KINDS.items()), validate_choice=False)
    came_by = SelectField(
        _l("It came by"),
        choices=choices((one, words) for one, words in CAME_BY.items() if one != CameBy.PAGE),
        validate_choice=False,
    )
    received_on = DayField(_l("On which day did it reach you?"), validators=[Optional()])
    name = StringField(_l("Their name"))
    email = EmailField(_l("Email address to answer to"))
    words = TextAreaField(_l("What they said"))
    contact_id = HiddenField()

    def asked(self) -> Asked:
        """What was typed; raises ``ValueError`` for an address that is none."""
        email = parse_email(self.email.data) if (self.email.data or "").strip() else ""
        return Asked(self.kind.data or "", self.name.data or "", email, (self.words.data or "").strip())

    @property
    def contact(self) -> UUID | None:
        """The contact that it is about, where it was opened from their page."""
        return as_id(self.contact_id.data)


class LinkForm(Confirming):
    """Which contact a request is about."""

    contact = RadioField(_l("Who is it?"), validate_choice=False)

    def offer(self, contacts: list[tuple[UUID, str]], chosen: UUID | None) -> None:
        """Fill the choices, nobody as the last."""
        offered = [(str(contact_id), told) for contact_id, told in contacts]
        self.contact.choices = choices([*offered, ("", _("Nobody in our contacts"))])
        if not self.is_submitted():
            self.contact.data = str(chosen or "")


class IdentityForm(Confirming):
    """How a colleague made sure who they are."""

    identity_by = RadioField(
        _l("How did you make sure?"),
        choices=choices((one, words) for one, words in IDENTITY.items() if one != IdentityBy.MAIL),
        validate_choice=False,
    )


class PauseForm(Confirming):
    """What is awaited from the person."""

    reason = RadioField(_l("What do you wait for?"), choices=choices(PAUSES.items()), validate_choice=False)

    def about(self, is_known: bool) -> None:
        """Who is known needs no proof."""
        if is_known:
            self.reason.choices = choices(
                (one, words) for one, words in PAUSES.items() if one != PauseReason.IDENTITY
            )


class ExtendForm(Confirming):
    """Why it takes longer."""

    reason = TextAreaField(_l("Why does it take longer?"), [Length(max=LONGEST_REASON)])


class CorrectForm(Confirming):
    """One thing to put right."""

    field = SelectField(
        _l("What is wrong?"),
        choices=choices(
            (
                ("name", _l("Name")),
                ("email", _l("Email")),
                ("phone", _l("Phone")),
                ("postcode", _l("Postcode")),
            )
        ),
        validate_choice=False,
    )
    wrong = StringField(_l("As it stands now"), description=_l("Empty for a name, or to add one more."))
    right = StringField(_l("As it should be"))


class NameForm(Confirming):
    """The name of who is to be erased, so that it is nobody else."""

    name = StringField(_l("Type their name to erase them"))


class ByNameForm(Confirming):
    """Whether a name at a postcode is enough."""

    by_name = BooleanField(_l("Also what bears their name at their postcode, and no address"))


class EndForm(Confirming):
    """How it ends."""

    outcome = RadioField(
        _l("How does it end?"),
        choices=choices(
            (
                (RequestState.DONE, _l("It is done")),
                (RequestState.REFUSED, _l("We refuse, and say why")),
                (RequestState.DROPPED, _l("They took it back")),
            )
        ),
        validate_choice=False,
    )
    answer = TextAreaField(_l("What the person is told"), [Length(max=LONGEST_WORDS)])
