"""What every mailing to people is written with: its words, and where it comes from."""

from typing import Any, ClassVar
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from organising.mailings.content import fields_of, in_one_line
from organising.mailings.merge import Unparsable, parse
from organising.mailings.models import Mailing
from organising.mailings.queries.identities import list_confirmed_identities
from organising.mailings.services.people import PeopleWords
from organising.mailings.states import MailingMode
from organising.platform.forms import Form
from organising.platform.given import as_id

from .composing import an_address, one_line


def _mergeable(form: "PeopleForm", field: Any) -> None:
    try:
        parse(field.data or "", fields_of(form.MODE))
    except Unparsable as error:
        raise ValidationError(" ".join(map(str, error.problems))) from None


class PeopleForm(Form):
    """Words and sender. ``version`` tells whether someone else changed it meanwhile."""

    MODE: ClassVar[MailingMode]

    subject = StringField(
        _l("Subject"), [DataRequired(_l("Write a subject.")), Length(max=200), one_line, _mergeable]
    )
    body = TextAreaField(_l("Text"), [DataRequired(_l("Write the text.")), Length(max=50_000), _mergeable])
    sender = SelectField(_l("From"), [Optional()])
    sender_name = StringField(_l("Name it comes from"), [Length(max=100), one_line])
    reply_to = StringField(_l("Answers go to"), [Length(max=200)])
    version = HiddenField()

    def show_sender(self, mailing: Mailing) -> None:
        """Sender and version as a draft stands."""
        self.sender.data, self.version.data = str(mailing.identity_id or ""), str(mailing.version)

    def offer_senders(self) -> None:
        """Fill in the organisation's senders."""
        own = [(str(one.id), f"{one.name} <{one.address}>") for one in list_confirmed_identities()]
        self.sender.choices = [("", _("This installation’s address, under the name below")), *own]

    def validate_sender_name(self, field: StringField) -> None:
        """Needed where no sender of the organisation's own brings one."""
        if not self.sender.data and not in_one_line(field.data or ""):
            raise ValidationError(_("Say in whose name it comes."))

    def validate_reply_to(self, field: StringField) -> None:
        """Somebody reads what comes back."""
        if not self.sender.data:
            an_address(self, field)

    def words(self) -> PeopleWords:
        """What was written."""
        return PeopleWords(
            subject=in_one_line(self.subject.data or ""),
            body=(self.body.data or "").replace("\r\n", "\n"),
            sender_name=in_one_line(self.sender_name.data or ""),
            reply_to=(self.reply_to.data or "").strip(),
            identity_id=self.identity_id,
        )

    @property
    def identity_id(self) -> UUID | None:
        """The sender chosen, or ``None`` for the installation's address."""
        return as_id(self.sender.data)
