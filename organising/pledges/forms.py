"""The public's three fields, and the coordinator's."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from ..platform.forms import Form, PublicForm, parsed
from .canonical import folded, parse_email, parse_postcode
from .queries import SigningPage
from .services.signing import Signature


class SigningForm(PublicForm):
    """Name, email, postcode, and at most two boxes, unticked."""

    salt = "pledges.shown"

    name = StringField(_l("Your name"), [InputRequired(_l("Enter your name.")), Length(max=200)])
    email = StringField(
        _l("Email address"),
        [InputRequired(_l("Enter your email address.")), Length(max=254), parsed(parse_email)],
    )
    postcode = StringField(
        _l("Postcode"), [InputRequired(_l("Enter your postcode.")), Length(max=12), parsed(parse_postcode)]
    )
    updates = BooleanField()
    lead_updates = BooleanField()

    def validate_name(self, field: Any) -> None:
        field.data = " ".join(field.data.split())
        if not folded(field.data):
            raise ValidationError(_("Enter your name."))

    def signature(self, page: SigningPage) -> Signature:
        """The checked values."""
        ticked = {page.collector.id} if self.updates.data else set()
        if self.lead_updates.data:
            ticked.add(page.lead.id)
        return Signature(
            self.name.data or "", self.email.data or "", self.postcode.data or "", frozenset(ticked)
        )


class SectorForm(Form):
    """Asked after signing, and free to leave."""

    sector = RadioField(_l("Where do you work?"), [Optional()])


class DriveForm(Form):
    title = StringField(_l("Title"), [InputRequired(_l("Give the pledge a title.")), Length(max=120)])
    slug = StringField(
        _l("Short address"), [InputRequired(_l("Give the pledge a short address.")), Length(min=2, max=60)]
    )
    standfirst = TextAreaField(
        _l("Introduction"), [InputRequired(_l("Say in a sentence or two what this is.")), Length(max=500)]
    )
    wording = TextAreaField(
        _l("What people sign"), [InputRequired(_l("Write what people sign.")), Length(max=5000)]
    )
    goal = IntegerField(
        _l("Goal"),
        [Optional(), NumberRange(1, 100_000_000, _l("Enter a whole number of people, or leave it empty."))],
    )
