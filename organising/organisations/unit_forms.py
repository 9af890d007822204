"""Forms of units and their officers."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, EmailField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, Email, Length, Optional, ValidationError

from ..platform.clock import today
from ..platform.form_parts import DayField
from ..platform.forms import Form
from .forms import as_uuid, tidy
from .models import OfficerRole, UnitKind
from .officers import Entry
from .words import OFFICER_ROLE_NAMES, UNIT_KIND_NAMES


class UnitNameForm(Form):
    """What a unit is called, and what it is."""

    name = StringField(_l("Name"), [DataRequired(_l("Enter a name.")), Length(max=120)], filters=[tidy])
    kind = SelectField(
        _l("Kind"),
        choices=[SelectChoice(str(kind), UNIT_KIND_NAMES[kind]) for kind in UnitKind],
        default="district",
    )
    code = StringField(
        _l("Code"),
        [Length(max=40)],
        filters=[tidy],
        description=_l(
            "Its number in your membership system, if it has one. A list is imported again by it."
        ),
    )


class FindUnitForm(Form):
    """What narrows the list of units."""

    q = StringField(_l("Name, code, area or officer"))
    kind = SelectField(  # an id of its own: the form that adds a unit asks for a kind on the same page
        _l("Kind"),
        id="find-kind",
        choices=[SelectChoice("", _l("Any"))]
        + [SelectChoice(str(kind), UNIT_KIND_NAMES[kind]) for kind in UnitKind],
    )
    closed = SelectField(
        _l("Closed ones"), choices=[SelectChoice("", _l("Left out")), SelectChoice("1", _l("Shown too"))]
    )


class UnitForm(UnitNameForm):
    """A new unit and its place in the tree."""

    parent_id = SelectField(_l("Below"), coerce=as_uuid)


class PlaceForm(Form):
    """Another place in the tree."""

    parent_id = SelectField(_l("Below"), coerce=as_uuid)


class OfficerForm(Form):
    """Who holds which office, from when to when."""

    name = StringField(_l("Name"), [DataRequired(_l("Enter the name.")), Length(max=120)], filters=[tidy])
    email = EmailField(
        _l("Email address"),
        [Optional(), Email(_l("That is no email address.")), Length(max=320)],
        filters=[tidy],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    role = SelectField(
        _l("Office"),
        choices=[SelectChoice(str(role), OFFICER_ROLE_NAMES[role]) for role in OfficerRole],
    )
    starts_on = DayField(_l("From"), [DataRequired(_l("Enter the first day."))], default=today)
    ends_on = DayField(
        _l("To"), [Optional()], description=_l("The last day of the term. Leave it empty if there is none.")
    )

    def validate_ends_on(self, field: Any) -> None:
        """The last day comes after the first."""
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError(_l("The term can’t end before it begins."))

    def entry(self) -> Entry:
        """What was filled in."""
        assert self.starts_on.data is not None
        return Entry(
            self.name.data or "",
            self.email.data or "",
            OfficerRole(self.role.data),
            self.starts_on.data,
            self.ends_on.data,
        )


class NewOfficerForm(OfficerForm):
    """A new officer, who may be invited at once."""

    invite = BooleanField(
        _l("Mail an invitation"),
        default=True,
        description=_l("They get a link by which they come in, as an officer of this unit only."),
    )

    def validate_invite(self, field: Any) -> None:
        """An invitation needs an address."""
        if field.data and not self.email.data:
            raise ValidationError(_l("Enter the address, or untick this."))


class HandOverForm(NewOfficerForm):
    """Who goes, who comes, from when."""

    leaver_id = SelectField(_l("Who goes"), coerce=as_uuid)


class LastDayForm(Form):
    """The last day of a term."""

    ends_on = DayField(_l("Last day"), [DataRequired(_l("Enter the last day."))], default=today)


class UnitListForm(Form):
    """A list of units as a file."""

    file = FileField(
        _l("File"),
        description=_l("CSV or XLSX, up to 1,000 rows. One row for each unit, or for each officer."),
    )


class ApplyListForm(Form):
    """How a list is written."""

    invite = BooleanField(
        _l("Mail invitations"),
        description=_l("To each officer whom the list adds with an address, and who has no account here."),
    )
