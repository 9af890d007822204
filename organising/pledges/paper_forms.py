"""The forms of paper signatures: a batch's cover, one row of the sheet, and what a checker says."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, StopValidation, ValidationError

from ..organisations.queries import list_units
from ..platform.actor import Actor
from ..platform.clock import today
from ..platform.errors import Invalid
from ..platform.forms import Form, parsed
from .canonical import folded, parse_email, parse_postcode
from .models import PaperBatch, PaperRow, PledgeDrive, Rejection
from .models.paper import MOST_CLAIMED
from .paper_words import rejection_words
from .queries import list_wordings
from .services.paper_batches import BatchDetails
from .services.paper_checks import LONGEST_REASON
from .services.paper_rows import RowGiven

LONGEST_LABEL = 120
WHOLE = ""


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


class _Sent(Form):
    """A form that may be sent twice: its own id tells the second sending from a second thing."""

    client_id = HiddenField()

    def key(self) -> UUID:
        """The form's id; a damaged one counts as new."""
        return _uuid(self.client_id.data) or uuid4()

    def restart(self) -> None:
        """Give the form a fresh id."""
        self.client_id.data = str(uuid4())

    def tell(self, refusal: Invalid) -> None:
        """Put a service's reasons beside the fields they are about."""
        named = {name: reason for name, reason in refusal.details.items() if name in self._fields}
        for name, reason in named.items():
            self[name].errors = [*self[name].errors, str(reason)]
        if not named:
            reasons = [str(reason) for reason in refusal.details.values() if reason]
            self.form_errors.extend(reasons or [refusal.message])


class CoverForm(_Sent):
    """What stands on the cover of a stack of sheets."""

    label = StringField(
        _l("Where were they signed?"),
        [InputRequired(_l("Say where in a few words.")), Length(max=LONGEST_LABEL)],
        description=_l("For example “Stall at Camden market”. No names."),
    )
    held_on = DateField(_l("Day"), [InputRequired(_l("Give the day."))])
    claimed = IntegerField(
        _l("Signatures on the sheets"),
        [
            InputRequired(_l("Count the signatures on the sheets.")),
            NumberRange(1, MOST_CLAIMED, _l("Give a number from 1 to %(most)s.", most=f"{MOST_CLAIMED:,}")),
        ],
        description=_l("Count every line that somebody wrote on, also those that can’t be read."),
    )
    unit = SelectField(_l("Branch or group"), [Optional()])
    wording_version = SelectField(
        _l("Version of the wording"), coerce=int, description=_l("It is printed at the foot of the sheet.")
    )
    scans = MultipleFileField(_l("Photographs of the sheets"), [Optional()])
    action = HiddenField()

    def offer(self, actor: Actor, drive: PledgeDrive) -> None:
        """Fill the choices that depend on who asks."""
        versions = [wording.version for wording in list_wordings(drive)]
        self.wording_version.choices = [(n, _("Version %(number)d", number=n)) for n in versions]
        if actor.unit_id is not None:
            del self.unit
            return
        units = [(str(place.unit.id), place.unit.name) for place in list_units()]
        self.unit.choices = [(WHOLE, _("The whole organisation")), *units]

    def details(self) -> BatchDetails:
        """The cover as typed."""
        assert self.held_on.data is not None
        unit = self._fields.get("unit")
        return BatchDetails(
            label=" ".join((self.label.data or "").split()),
            held_on=self.held_on.data,
            claimed=self.claimed.data or 0,
            wording_version=self.wording_version.data,
            unit_id=_uuid(unit.data) if unit is not None else None,
            action_id=_uuid(self.action.data),
        )


def cover_values(drive: PledgeDrive, given: dict[str, str]) -> dict[str, Any]:
    """What a fresh cover shows: today, the present wording, and what the link that led here knows."""
    claimed = given.get("claimed", "")
    values: dict[str, Any] = {
        "held_on": today(),
        "wording_version": drive.wording_version,
        "label": given.get("label", "")[:LONGEST_LABEL],
        "unit": given.get("unit", WHOLE),
        "action": given.get("action", ""),
        "client_id": str(uuid4()),
    }
    if claimed.isdecimal() and len(claimed) < 6:
        values["claimed"] = int(claimed)
    if day := _day(given.get("day")):
        values["held_on"] = day
    return values


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def batch_values(batch: PaperBatch) -> dict[str, Any]:
    """What the cover form shows of a batch."""
    names = ("label", "held_on", "claimed", "wording_version")
    return {name: getattr(batch, name) for name in names} | {"unit": str(batch.unit_id or WHOLE)}


def _needed(message: Any) -> Callable[[Any, Any], None]:
    """Required, unless the line is rejected: then nothing that stands in it is looked at."""

    def check(form: Any, field: Any) -> None:
        if form.rejection.data:
            field.data, field.errors = "", []
            raise StopValidation
        if not (field.data or "").strip():
            raise StopValidation(str(message or ""))

    return check


class RowForm(_Sent):
    """One line of the sheet: name and postcode, or why it is no signature."""

    name = StringField(
        _l("Name"), [_needed(_l("Type in the name, or choose why the line is rejected.")), Length(max=200)]
    )
    postcode = StringField(
        _l("Postcode"),
        [
            _needed(_l("Type in the postcode, or choose why the line is rejected.")),
            Length(max=12),
            parsed(parse_postcode),
        ],
    )
    email = StringField(_l("Email"), [_needed(None), Length(max=254), parsed(parse_email)])
    wants_updates = BooleanField()
    lead_may_keep = BooleanField()
    rejection = SelectField(_l("Not a signature, because"), [Optional()])

    def offer(self) -> None:
        """Fill the choices."""
        self.rejection.choices = [("", _("It is one")), *rejection_words().items()]

    def validate_name(self, field: Any) -> None:
        field.data = " ".join(field.data.split())
        if not folded(field.data):
            raise ValidationError(_("Type in the name, or choose why the line is rejected."))

    def validate_wants_updates(self, field: Any) -> None:
        if field.data and not self.email.data and not self.rejection.data:
            raise ValidationError(_("Type in the email address, or leave this box unticked."))

    def row(self, signed_at: datetime | None = None) -> RowGiven:
        """The line as typed, checked and normalised."""
        if self.rejection.data:
            return RowGiven(rejection=Rejection(self.rejection.data))
        return RowGiven(
            name=self.name.data,
            postcode=self.postcode.data,
            email=self.email.data or None,
            wants_updates=self.wants_updates.data,
            lead_may_keep=self.lead_may_keep.data,
            signed_at=signed_at,
        )


def row_values(row: PaperRow) -> dict[str, Any]:
    """What the row form shows of a row."""
    names = ("name", "postcode", "email", "wants_updates", "lead_may_keep", "rejection")
    return {name: getattr(row, name) for name in names}


class SampleForm(Form):
    size = IntegerField(
        _l("How many rows"), [InputRequired(_l("Say how many.")), NumberRange(1, MOST_CLAIMED)], default=10
    )


class ReturnForm(Form):
    reason = TextAreaField(
        _l("What is to be put right?"),
        [InputRequired(_l("Say what is to be put right.")), Length(max=LONGEST_REASON)],
    )
