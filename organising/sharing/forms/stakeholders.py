"""What people fill in about stakeholders."""

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    SearchField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import Optional

from ...lobbying.queries.subjects import find_subject, is_meant
from ...platform.db import new_id
from ...platform.form_parts import Confirming, DayField, VersionField, choices
from ...platform.given import as_id
from ..models.stakeholders import StakeholderKind
from ..queries.stakeholders import StakeholderFilters
from ..services.stakeholders import EntryDraft, StakeholderDraft
from ..words import ENTRY_KINDS, KINDS


def _tidy(text: str | None) -> str:
    return " ".join((text or "").replace("\0", "").split())


class StakeholderForm(Confirming):
    """Somebody in a public role."""

    name = StringField(_l("Name"), filters=[_tidy])
    kind = SelectField(_l("Who they are"), choices=choices(KINDS.items()), validate_choice=False)
    role = StringField(_l("Role"), filters=[_tidy])
    employer = StringField(_l("Where"), filters=[_tidy])
    member = StringField(_l("For which representative or body"), filters=[_tidy])
    subject_id = HiddenField()
    email = EmailField(_l("Email of the role"), filters=[_tidy])
    phone = TelField(_l("Phone of the role"), filters=[_tidy])
    source = StringField(_l("Where the role is public"), filters=[_tidy])
    version = VersionField()

    def draft(self) -> StakeholderDraft:
        """What was typed, for the services to judge."""
        given: dict[str, Any] = {
            name: self[name].data or ""
            for name in ("name", "kind", "role", "employer", "email", "phone", "source")
        }
        return StakeholderDraft(**given, subject_id=self.subject())

    def subject(self) -> UUID | None:
        """Whom they work for; a name typed over another means nobody chosen."""
        found = find_subject(as_id(self.subject_id.data))
        if found is None or not self.member.data or not is_meant(found, self.member.data):
            return None
        return found.id


class EntryForm(Confirming):
    """A headline for the short log."""

    submission_key = HiddenField()
    headline = TextAreaField(_l("What was said, in a sentence"), filters=[_tidy])
    entry_kind = SelectField(_l("How"), choices=choices(ENTRY_KINDS.items()), validate_choice=False)
    happened_on = DayField(_l("When"), validators=[Optional()])

    def draft(self) -> EntryDraft:
        """What was typed, for the services to judge."""
        return EntryDraft(self.entry_kind.data or "", self.happened_on.data, self.headline.data or "")

    def key(self) -> UUID:
        """The form's own key; a damaged one counts as new."""
        found = as_id(self.submission_key.data) or new_id()
        self.submission_key.data = str(found)
        return found


class RemovalForm(Confirming):
    """The name, typed, as the answer to "really?"."""

    name = StringField(_l("Their name"), filters=[_tidy])


class StakeholderFilter(FlaskForm):
    """The filters, which live in the address; what is none of the choices counts as nothing."""

    class Meta:
        csrf = False

    q = SearchField(_l("Name, role or place"))
    kind = SelectField(_l("Who they are"), choices=choices(KINDS.items(), _l("All")), validate_choice=False)
    ours = BooleanField(_l("Kept by us"))
    archived = BooleanField(_l("Archived ones instead"))
    subject = HiddenField()

    def filters(self) -> StakeholderFilters:
        """What was chosen."""
        kind = self.kind.data or ""
        return StakeholderFilters(
            words=_tidy(self.q.data)[:100],
            kind=kind if kind in list(StakeholderKind) else "",
            subject_id=as_id(self.subject.data),
            ours=bool(self.ours.data),
            archived=bool(self.archived.data),
        )
