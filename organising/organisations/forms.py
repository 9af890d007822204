"""Forms of organisations, people, partners and asks."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import EmailField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # newer than its stubs
from wtforms.validators import DataRequired, Email, Length, ValidationError

from ..accounts.words import ROLE_NAMES, ROLE_TASKS
from ..platform.form_parts import Boxes
from ..platform.forms import Form
from ..platform.permissions import Role
from .coalition import STATUSES
from .models import OrganisationKind
from .queries import UnitInTree
from .words import KIND_NAMES, STATUS_NAMES


def tidy(text: str | None) -> str | None:
    return " ".join(text.split()) if text else text


def as_uuid(value: Any) -> UUID | None:
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None


def unit_choices(units: Sequence[UnitInTree], empty: str) -> list[SelectChoice]:
    """Units for a select, indented by their place in the tree."""
    return [SelectChoice("", empty)] + [
        SelectChoice(str(u.unit.id), "\u2002" * 2 * u.depth + u.unit.name) for u in units
    ]


class RoleFields(Form):
    """A role, and the unit that a branch officer needs."""

    role = RadioField(_l("Role"), [DataRequired(_l("Choose a role."))])
    unit_id = SelectField(_l("Unit"), coerce=as_uuid, description=_l("For a branch officer only."))
    subtree_id = SelectField(
        _l("Limited to"),
        coerce=as_uuid,
        description=_l("For an organiser only: they work with this unit and what is below it."),
    )

    def offer(self, roles: Sequence[Role], units: Sequence[UnitInTree]) -> None:
        """Set what may be chosen."""
        self.role.choices = [
            SelectChoice(str(role), f"{ROLE_NAMES[role]}: {ROLE_TASKS[role]}") for role in roles
        ]
        self.unit_id.choices = unit_choices(units, _("No unit"))
        self.subtree_id.choices = unit_choices(units, _("Not limited: the whole organisation"))

    def validate_unit_id(self, field: Any) -> None:
        """An officer's unit is part of the role."""
        if self.role.data == Role.OFFICER and field.data is None:
            raise ValidationError(_("A branch officer needs a unit."))


class RoleForm(RoleFields):
    """Another role for a member."""


class InvitationForm(RoleFields):
    """Whom to invite, as what."""

    email = EmailField(
        _l("Email address"),
        [DataRequired(_l("Enter the address.")), Email(_l("That is no email address.")), Length(max=320)],
        filters=[tidy],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


class FactsForm(Form):
    """What anyone may read about an organisation."""

    name = StringField(
        _l("Full name"), [DataRequired(_l("Enter the full name.")), Length(max=200)], filters=[tidy]
    )
    short_name = StringField(
        _l("Short name"),
        [DataRequired(_l("Enter a short name.")), Length(max=40)],
        filters=[tidy],
        description=_l("As people call it: it stands at the top of each page."),
    )
    kind = SelectField(
        _l("Kind"), choices=[SelectChoice(str(kind), KIND_NAMES[kind]) for kind in OrganisationKind]
    )


class LogoForm(Form):
    """A picture, and words for those who don't see it."""

    file = FileField(_l("Picture"))
    alt = StringField(
        _l("What it shows"), [DataRequired(_l("Say what it shows.")), Length(max=120)], filters=[tidy]
    )


class PartnerForm(FactsForm):
    """A new partner and its first admin."""

    status = SelectField(
        _l("Standing in the coalition"),
        choices=[SelectChoice(str(status), STATUS_NAMES[status]) for status in STATUSES if status != "left"],
        default="contributor",
        description=_l(
            "Only a member may be published as a signatory. Every partner has access, whatever its standing."
        ),
    )
    email = EmailField(
        _l("First admin’s email address"),
        [DataRequired(_l("Enter the address.")), Email(_l("That is no email address.")), Length(max=320)],
        filters=[tidy],
        description=_l("They get an invitation, and invite the others themselves."),
        render_kw={"autocomplete": "off"},
    )


class StatusForm(Form):
    """A partner's standing."""

    status = SelectField(
        _l("Standing"), choices=[SelectChoice(str(status), STATUS_NAMES[status]) for status in STATUSES]
    )


class FirstAdminForm(Form):
    """A first admin for a partner in which nobody is yet."""

    email = EmailField(
        _l("Email address"),
        [DataRequired(_l("Enter the address.")), Email(_l("That is no email address.")), Length(max=320)],
        filters=[tidy],
    )


class AskForm(Form):
    """An ask's words."""

    wording = TextAreaField(_l("What we ask"), [DataRequired(_l("Enter the wording.")), Length(max=500)])
    body = StringField(_l("Of whom"), [DataRequired(_l("Name the body.")), Length(max=200)], filters=[tidy])
    decision_office = StringField(
        _l("Who decides"), [DataRequired(_l("Name the office.")), Length(max=200)], filters=[tidy]
    )


class SecondFactorForm(Form):
    """Of which roles a second step is asked, and how long they have."""

    roles = Boxes(
        _l("Ask it of"),
        description=_l("After their day, nobody in these roles gets in until it is on."),
    )
    grace = RadioField(
        _l("From when on, for roles newly ticked"),
        choices=[
            SelectChoice("0", _l("At once")),
            SelectChoice("7", _l("In a week")),
            SelectChoice("14", _l("In two weeks")),
            SelectChoice("30", _l("In thirty days")),
        ],
        default="14",
    )

    def offer(self, roles: Iterable[Role]) -> None:
        """Set of which it may be asked: the campaign's own roles are in the lead organisation only."""
        self.roles.choices = [SelectChoice(str(role), ROLE_NAMES[role]) for role in roles]
