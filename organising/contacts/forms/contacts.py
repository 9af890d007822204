"""A contact as it is typed, with as many emails, phones and addresses as there are."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from ...organisations.queries import UnitInTree
from ...platform.db import new_id
from ...platform.form_groups import Group, Grouping, Part
from ...platform.form_parts import DayField, VersionField, choices
from ...platform.given import as_id
from ..models import ContactKind, DetailUse
from ..models.contacts import LONGEST_NAME
from ..queries.fields import OwnField
from ..services.drafts import LONGEST_LINE, ContactDraft, DetailDraft
from ..words import KINDS, LANGUAGES, SECTORS, SOURCES, USES

KINDS_OF_PART = ("email", "phone", "address")
# A browser keeps an em space in an option, where it drops other spaces.
INDENT = "\u2003"


def plain(text: str | None) -> str:
    """What was typed without the one letter that no database keeps."""
    return (text or "").replace("\0", "")


class DetailPart(Part):
    """What an email, a phone number and an address have in common."""

    value = StringField(validators=[Length(max=320)], filters=[plain])
    use = SelectField(
        _l("Where"), choices=choices(USES.items()), default=DetailUse.HOME, validate_choice=False
    )
    valid_from = DayField(_l("Since"), validators=[Optional()])
    valid_until = DayField(_l("Until"), validators=[Optional()])

    @property
    def is_filled(self) -> bool:
        """Whether it says anything; where it is used is filled in beforehand."""
        return bool((self.value.data or "").strip())

    @property
    def has_days(self) -> bool:
        """Whether the days are to be seen."""
        days = (self.valid_from, self.valid_until)
        return any(one.data or one.errors for one in days)

    def draft(self) -> DetailDraft:
        """What was typed, for the services to judge."""
        return DetailDraft(
            value=(self.value.data or "").strip(),
            use=self.use.data or "",
            valid_from=self.valid_from.data,
            valid_until=self.valid_until.data,
        )


class EmailPart(DetailPart):
    value = StringField(_l("Email"), validators=[Length(max=320)], filters=[plain])


class PhonePart(DetailPart):
    value = StringField(_l("Phone"), validators=[Length(max=60)], filters=[plain])


class AddressPart(DetailPart):
    value = TextAreaField(_l("Address"), filters=[plain])
    postcode = StringField(_l("Postcode"), validators=[Length(max=20)], filters=[plain])

    @property
    def is_filled(self) -> bool:
        """A postcode alone is an address too."""
        return super().is_filled or bool((self.postcode.data or "").strip())

    def draft(self) -> DetailDraft:
        """What was typed, for the services to judge."""
        return DetailDraft(
            value=(self.value.data or "").replace("\r\n", "\n"),
            use=self.use.data or "",
            postcode=self.postcode.data or "",
            valid_from=self.valid_from.data,
            valid_until=self.valid_until.data,
        )


PARTS: dict[str, type[DetailPart]] = {"email": EmailPart, "phone": PhonePart, "address": AddressPart}


class ContactForm(Grouping):
    """A contact as added first and as changed; ``version`` is the one that the form shows."""

    submission_key = HiddenField()
    version = VersionField()
    kind = RadioField(
        _l("What is it?"), choices=choices(KINDS.items()), default=ContactKind.PERSON, validate_choice=False
    )
    name = StringField(
        _l("Name"),
        validators=[
            InputRequired(_l("Write a name, or what they wish to be called.")),
            Length(max=LONGEST_NAME),
        ],
        filters=[plain],
    )
    unit_id = SelectField(_l("Branch or group"), validate_choice=False)
    sector = SelectField(_l("Sector"), validate_choice=False)
    job = StringField(_l("Role"), validators=[Length(max=LONGEST_LINE)], filters=[plain])
    workplace = StringField(_l("Workplace"), validators=[Length(max=LONGEST_LINE)], filters=[plain])
    language = SelectField(_l("Language they prefer"), validate_choice=False)
    tags = StringField(_l("Tags"), validators=[Length(max=2000)], filters=[plain])
    source = SelectField(_l("How do you know them?"), validate_choice=False)
    source_detail = StringField(_l("More about that"), validators=[Length(max=LONGEST_LINE)], filters=[plain])
    # Those of the organisation's own that stand on this form (:func:`.fields.form_with`).
    own_fields: tuple[OwnField, ...] = ()

    def offer(
        self,
        units: Iterable[UnitInTree],
        *,
        has_unit: bool = False,
        kept: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    ) -> None:
        """Fill the choices and make the groups; ``has_unit``: the actor's own unit is given. ``kept``: parts by group."""
        sent = request.form if self.is_submitted() else None
        self.groups = {
            name: Group(name, PARTS[name], sent, kept=(kept or {}).get(name, ()), offer=lambda one: None)
            for name in KINDS_OF_PART
        }
        self.submission_key.data = str(as_id(self.submission_key.data) or new_id())
        self.sector.choices = choices(SECTORS.items(), _("Not known"))
        self.language.choices = choices(
            sorted(((code, str(word)) for code, word in LANGUAGES.items()), key=_by_word), _("Not known")
        )
        self.source.choices = choices(SOURCES.items(), _("Not known"))
        if has_unit:
            del self.unit_id
            return
        named = ((str(one.unit.id), INDENT * one.depth + one.unit.name) for one in units)
        self.unit_id.choices = choices(named, _("The whole organisation"))

    @property
    def wants_more(self) -> bool:
        """Whether the person only asked for another part."""
        return self.is_submitted() and request.form.get("add") in self.groups

    def draft(self) -> ContactDraft:
        """What was typed, for the services to judge."""
        unit = self._fields.get("unit_id")
        return ContactDraft(
            name=self.name.data or "",
            submission_key=UUID(self.submission_key.data or ""),
            kind=self.kind.data or "",
            emails=self._drafts("email"),
            phones=self._drafts("phone"),
            addresses=self._drafts("address"),
            unit_id=as_id(unit.data) if unit is not None else None,
            sector=self.sector.data or None,
            job=self.job.data or "",
            workplace=self.workplace.data or "",
            language=self.language.data or None,
            tags=tuple((self.tags.data or "").replace(";", ",").split(",")),
            source=self.source.data or None,
            source_detail=self.source_detail.data or "",
        )

    def _drafts(self, kind: str) -> tuple[DetailDraft, ...]:
        return tuple(one.draft() for one in self.groups[kind].filled)


def kept_parts(drafts: Mapping[str, Sequence[DetailDraft]]) -> dict[str, list[Mapping[str, Any]]]:
    """What the parts of each group show of details that are kept."""
    return {
        kind: [
            {
                "value": one.value,
                "use": one.use,
                "postcode": one.postcode,
                "valid_from": one.valid_from,
                "valid_until": one.valid_until,
            }
            for one in kept
        ]
        for kind, kept in drafts.items()
    }


def _by_word(choice: tuple[str, str]) -> str:
    return choice[1]
