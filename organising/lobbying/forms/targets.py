"""What people fill in about one target."""

from collections.abc import Iterable
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField

from organising.lobbying.forms.parts import Boxes, Confirming, as_id, choices
from organising.lobbying.queries.targets import Allocation
from organising.lobbying.services.allocation import KEEP, Wanted
from organising.lobbying.words import PRIORITIES, TACTICS
from organising.organisations.models import Organisation


class AllocationForm(Confirming):
    """The allocation of one target; ``version`` is the one that the form shows."""

    subject = HiddenField()
    version = HiddenField()
    back = HiddenField()
    lead = SelectField(_l("Leads"), validate_choice=False)
    supporters = Boxes(_l("Supports"), validate_choice=False)
    priority = SelectField(_l("Priority"), validate_choice=False)
    tactic = SelectField(_l("Tactic"), validate_choice=False)

    def show_allocation(self, allocation: Allocation, partners: Iterable[Organisation], back: str) -> None:
        """Fill the choices and, in a form that was not sent, what stands now. ``back``: a path of this site."""
        known = [(str(one.id), one.short_name) for one in partners]
        self.lead.choices = choices(known, _("Nobody yet"))
        if allocation.lead_id and str(allocation.lead_id) not in dict(known):
            self.lead.choices += choices([(str(allocation.lead_id), allocation.lead_name)])
        self.supporters.choices = choices(known)
        self.priority.choices = choices(PRIORITIES.items(), _("Not said"))
        self.tactic.choices = choices(TACTICS.items(), _("Not said"))
        if not self.is_submitted():
            self.subject.data = allocation.subject
            self.version.data = str(allocation.version)
            self.back.data = back
            self.lead.data = str(allocation.lead_id or "")
            self.supporters.data = [str(one) for one in allocation.supporter_ids]
            self.priority.data = allocation.priority or ""
            self.tactic.data = allocation.tactic or ""

    def wanted(self, allocation: Allocation) -> Wanted:
        """What the target is to be, for the services to judge; who leads only where the sender sets it."""
        chosen = self.lead.data or ""
        # What is no id is nobody's: the service refuses it in words.
        lead_id = (as_id(chosen) or UUID(int=0)) if chosen else None
        return Wanted(
            lead=lead_id if allocation.may_set_lead and lead_id != allocation.lead_id else KEEP,
            priority=self.priority.data or None,
            tactic=self.tactic.data or None,
            supporters_do="set",
            supporter_ids=frozenset(found for text in self.supporters.data or [] if (found := as_id(text))),
        )

    @property
    def seen_version(self) -> int:
        """The version that the form shows; -1, which no target has, for anything else."""
        try:
            return int(self.version.data or "")
        except ValueError:
            return -1
