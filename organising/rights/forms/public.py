"""What the public asks."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from organising.mailings.content import in_one_line
from organising.platform.form_parts import choices
from organising.platform.forms import PublicForm, parsed
from organising.pledges.canonical import folded, parse_email
from organising.rights.models import LONGEST_NAME, LONGEST_WORDS, RequestKind
from organising.rights.services.requests import Asked

ASKED_FOR = {
    RequestKind.ACCESS: _l("See what you keep about me"),
    RequestKind.CORRECTION: _l("Have something corrected"),
    RequestKind.ERASURE: _l("Have everything about me erased"),
    RequestKind.OBJECTION: _l("Object: stop using it, stop writing to me"),
    RequestKind.RESTRICTION: _l("Have it kept, but not used"),
    RequestKind.COMPLAINT: _l("Complain about how you use it"),
}


class AskForm(PublicForm):
    """What anyone may ask without an account."""

    salt = "rights.shown"

    kind = RadioField(
        _l("What would you like?"),
        [InputRequired(_l("Choose what you would like."))],
        choices=choices(ASKED_FOR.items()),
    )
    name = StringField(_l("Your name"), [InputRequired(_l("Enter your name.")), Length(max=LONGEST_NAME)])
    email = StringField(
        _l("Email address"),
        [InputRequired(_l("Enter your email address.")), Length(max=254), parsed(parse_email)],
    )
    words = TextAreaField(
        _l("Anything that helps us find or understand it"), [Optional(), Length(max=LONGEST_WORDS)]
    )

    def validate_name(self, field: Any) -> None:
        field.data = in_one_line(field.data)
        if not folded(field.data):
            raise ValidationError(_("Enter your name."))

    def asked(self) -> Asked:
        """The checked values."""
        return Asked(self.kind.data, self.name.data or "", self.email.data or "", self.words.data or "")
