"""The public's forms: looking for something near, signing up, and putting one's name right."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from organising.actions.kind_words import KINDS
from organising.mailings.content import in_one_line
from organising.platform.forms import Form, PublicForm, parsed
from organising.pledges.canonical import folded, parse_email, parse_postcode

from ..services.places import Place


class SearchForm(Form):
    """What to look for; all of it is in the address, so that a search can be shared."""

    kind = SelectField(_l("Kind"), [Optional()])
    organisation = SelectField(_l("Organised by"), [Optional()])
    area = StringField(_l("Town or area"), [Optional(), Length(max=80)])
    postcode = StringField(_l("Near this postcode"), [Optional(), Length(max=12), parsed(parse_postcode)])

    def offer(self, hosts: Iterable[tuple[str, str]]) -> None:
        """The choices of kind and organisation."""
        self.kind.choices = [("", _("Any kind")), *[(str(kind), str(label)) for kind, label in KINDS.items()]]
        self.organisation.choices = [("", _("Any organisation")), *hosts]


class SignUpForm(PublicForm):
    """Name, email, where MPs are met a postcode, and at most one box, unticked."""

    salt = "attendance.shown"

    name = StringField(_l("Your name"), [InputRequired(_l("Enter your name.")), Length(max=100)])
    email = StringField(
        _l("Email address"),
        [InputRequired(_l("Enter your email address.")), Length(max=254), parsed(parse_email)],
    )
    postcode = StringField(_l("Postcode"), [Optional(), Length(max=12), parsed(parse_postcode)])
    agree = BooleanField(
        _l("Your agreement"), validators=[InputRequired(_l("Tick the box: without it nothing may be kept."))]
    )
    invitations = BooleanField(_l("Invitations"))

    def validate_name(self, field: Any) -> None:
        check_name(field)

    def require_postcode(self) -> None:
        """Without it nobody can say whose constituent they are."""
        self.postcode.validators = [
            InputRequired(_("Enter your postcode.")),
            Length(max=12),
            parsed(parse_postcode),
        ]
        self.postcode.flags.required = True
        self.postcode.flags.optional = False


class CorrectionForm(Form):
    """What can be put right after signing up."""

    name = StringField(_l("Your name"), [InputRequired(_l("Enter your name.")), Length(max=100)])
    postcode = StringField(_l("Postcode"), [Optional(), Length(max=12), parsed(parse_postcode)])

    @classmethod
    def of(cls, place: Place) -> "CorrectionForm":
        """With what is kept."""
        return cls(formdata=None, name=place.name, postcode=place.postcode)

    def validate_name(self, field: Any) -> None:
        check_name(field)


def check_name(field: Any) -> None:
    """In one line, and something that can be read."""
    field.data = in_one_line(field.data)
    if not folded(field.data) or "=?" in field.data:
        raise ValidationError(_("Enter your name."))
