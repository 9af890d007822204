"""What people fill in about a mailing to contacts: its words, what it is for, and which contacts are meant."""

from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, SelectField
from wtforms.validators import Optional

from organising.contacts.models import Sector
from organising.contacts.queries.contacts import list_areas_with_contacts, list_tags
from organising.contacts.queries.segments import list_segments
from organising.contacts.words import PURPOSES, SECTORS
from organising.mailings.forms.people import PeopleForm
from organising.mailings.models import Mailing
from organising.mailings.states import MailingMode
from organising.organisations.queries import list_units
from organising.platform.clock import today
from organising.platform.db import new_id
from organising.platform.form_parts import Boxes, Confirming, choices
from organising.platform.given import as_id

from .models import MAILED, Basis, ContactMailing
from .services.drafting import Question
from .words import BASES, KINDS


class OutreachForm(PeopleForm):
    """A mailing to contacts. Nothing says beforehand what it is for."""

    MODE = MailingMode.CONTACTS

    purpose = RadioField(
        _l("What is it for?"), choices=choices((one, KINDS[one]) for one in MAILED), validate_choice=False
    )
    basis = RadioField(
        _l("Who may be written to"),
        choices=choices(BASES.items()),
        default=Basis.CONSENT,
        validate_choice=False,
    )
    tag = SelectField(_l("Tag"), validate_choice=False)
    unit = SelectField(_l("Branch or group"), validate_choice=False)
    area = SelectField(_l("Area"), validate_choice=False)
    sector = SelectField(_l("Sector"), validate_choice=False)
    segment = SelectField(_l("Segment"), validate_choice=False)
    quiet_days = IntegerField(_l("Quiet days"), [Optional()])

    @classmethod
    def of(cls, mailing: Mailing, about: ContactMailing, *, is_charity: bool) -> "OutreachForm":
        """The form as a draft stands."""
        form = cls(obj=mailing)
        form.offer(is_charity=is_charity)
        if not form.is_submitted():
            form.show_sender(mailing)
            form.purpose.data, form.quiet_days.data = about.purpose, about.quiet_days
            if "basis" in form:
                form.basis.data = about.basis
            form.tag.data, form.unit.data = str(about.tag_id or ""), str(about.unit_id or "")
            form.segment.data = str(about.segment_id or "")
            form.area.data, form.sector.data = about.gss_code or "", about.sector or ""
        return form

    def offer(self, *, is_charity: bool) -> None:
        """Fill in the organisation's senders, tags and branches, and the areas of its contacts."""
        self.offer_senders()
        if not is_charity:
            del self.basis
        self.tag.choices = choices(((str(tag.id), tag.name) for tag in list_tags()), _("All"))
        units = [(str(one.unit.id), "– " * one.depth + one.unit.name) for one in list_units()]
        self.unit.choices = choices(units, _("All"))
        areas = list_areas_with_contacts(today())
        self.area.choices = choices(((one.gss_code, one.name) for one in areas), _("All"))
        self.sector.choices = choices(SECTORS.items(), _("All"))
        segments = ((str(one.id), one.name) for one in list_segments())
        self.segment.choices = choices(segments, _("All"))

    def question(self) -> Question:
        """What it is for, and which contacts are meant."""
        return Question(
            self.purpose.data or "",
            (self.basis.data or "") if "basis" in self else Basis.CONSENT,
            as_id(self.tag.data),
            as_id(self.unit.data),
            self.area.data or None,
            Sector(self.sector.data) if self.sector.data in set(Sector) else None,
            as_id(self.segment.data),
            self.quiet_days.data,
        )


class RequestForm(Confirming):
    """What a contact is asked by email. Nothing is ticked beforehand."""

    submission_key = HiddenField()
    purposes = Boxes(
        _l("What do you ask about?"),
        choices=choices((one, PURPOSES[one]) for one in MAILED),
        validate_choice=False,
    )

    def key(self) -> None:
        """Give the form a key of its own, so that sent twice it asks once."""
        self.submission_key.data = str(as_id(self.submission_key.data) or new_id())

    def submission(self) -> UUID:
        """That key."""
        return UUID(self.submission_key.data or "")
