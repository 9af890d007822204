"""Forms of motions: writing one, telling what became of it on a phone, forwarding it, and the list's filters."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SearchField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from organising.actions.queries import list_own_units, list_possible_leads
from organising.motions.models import LONGEST_NAME, MOST_VOTES, How, SentBy
from organising.motions.models.texts import LONGEST_PART, LONGEST_TITLE
from organising.motions.queries.motions import Filters, MotionRecord
from organising.motions.services import forwarding, outcomes, writing
from organising.motions.states import Forum
from organising.motions.text import MotionText
from organising.motions.words import FORUMS, HOW, OUTCOME_WORDS, SENT_BY, STATES
from organising.organisations.models import Organisation
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.form_parts import DayField, VersionField, add_error, choices
from organising.platform.forms import Form
from organising.platform.given import as_id
from organising.platform.permissions import Permission
from organising.representatives.models import Institution, InstitutionKind
from organising.representatives.queries.institutions import list_institutions
from organising.representatives.queries.postcodes import list_constituencies

COUNTED = "counted"
TEXT = ("title", "notes", "believes", "resolves")
# Bodies of which there are few enough to be chosen from a list.
LISTED = (InstitutionKind.LOCAL_AUTHORITY, InstitutionKind.TRUST, InstitutionKind.HEALTH_BOARD)


def fresh_key() -> str:
    """A key by which a form sent twice is known as one."""
    return str(uuid4())


class Telling(Form):
    """A form whose service may refuse what was typed."""

    def tell(self, refusal: Invalid) -> None:
        """Put a service's reasons beside the fields they are about, others above the form."""
        named = False
        for name, reason in refusal.details.items():
            if name in self:
                add_error(self[name], str(reason))
                named = True
        if not named:
            self.form_errors.append(refusal.message)


class Words(Telling):
    """The text in its parts, one clause per line."""

    title = StringField(_l("Title"), [DataRequired(_l("Give it a title.")), Length(max=LONGEST_TITLE)])
    notes = TextAreaField(_l("Notes"), [Optional(), Length(max=LONGEST_PART)])
    believes = TextAreaField(_l("Believes"), [Optional(), Length(max=LONGEST_PART)])
    resolves = TextAreaField(_l("Resolves"), [Optional(), Length(max=LONGEST_PART)])
    version = VersionField()

    def text(self) -> MotionText:
        """What was written."""
        said = {name: self[name].data or "" for name in TEXT}
        return MotionText.of(said | {"title": " ".join(said["title"].split())})


class MotionForm(Words):
    """A motion. Above the line what partners see once it is sent in, below it what stays at home."""

    forum = SelectField(_l("What kind of body?"), [InputRequired(_l("Choose the kind of body."))])
    body = StringField(_l("Which one?"), [Length(max=writing.LONGEST["body"])])
    unit = SelectField(_l("Branch or group that puts it"), [Optional()])
    institution = SelectField(_l("Council or trust"), [Optional()])
    area = StringField(_l("Town or area"), [Length(max=writing.LONGEST["area"])])
    postcode = StringField(_l("Postcode"), [Length(max=writing.LONGEST["postcode"])])
    constituency = SelectField(_l("Constituency"), [Optional()])
    meeting_on = DayField(_l("Day of the meeting"), [Optional()])
    deadline_on = DayField(_l("Motions have to be in by"), [Optional()])
    proposer = StringField(_l("Proposer"), [Length(max=writing.LONGEST["proposer"])])
    seconder = StringField(_l("Seconder"), [Length(max=writing.LONGEST["seconder"])])
    lead = SelectField(_l("Who looks after it?"), [Optional()])
    private_notes = TextAreaField(_l("Notes for your own people"), [Length(max=writing.LONGEST["notes"])])
    text_version = HiddenField()
    gaps_seen = BooleanField(_l("Send it in with these gaps"))
    action = HiddenField()
    submission_key = HiddenField()

    def offer(self, actor: Actor, record: MotionRecord | None = None) -> None:
        """Fill the choices that depend on who asks, and keep what the motion has though it could not be chosen anew."""
        self.forum.choices = [("", gettext("Choose")), *_pairs(FORUMS)]
        if actor.unit_id is not None:
            del self.unit
        else:
            whole = [] if actor.subtree_id else [("", gettext("The whole organisation"))]
            self.unit.choices = whole + [(str(one.id), one.name) for one in list_own_units(actor)]
        listed = list_institutions(on=today()).where(Institution.kind.in_(LISTED))
        found = db.session.scalars(listed.order_by(Institution.sort_key).limit(1500)).unique()
        self.institution.choices = [("", gettext("None of these"))] + [
            (str(one.id), one.name) for one in found
        ]
        self.constituency.choices = [("", gettext("By the postcode"))] + [
            (str(area_id), name) for area_id, name in list_constituencies(on=today())
        ]
        self.lead.choices = [(str(actor.user_id), gettext("Me"))] + [
            (str(one.id), one.display_name) for one in list_possible_leads(actor) if one.id != actor.user_id
        ]
        if record is not None:
            self._keep(record)

    def _keep(self, record: MotionRecord) -> None:
        detail = record.detail
        if detail and detail.lead_user_id and record.lead_name:
            _also(self.lead, str(detail.lead_user_id), record.lead_name)
        if record.institution:
            _also(self.institution, str(record.institution.id), record.institution.name)
        for one in record.areas:
            if one.is_chosen:
                _also(self.constituency, str(one.area.id), one.area.name)
        if detail and detail.unit_id and "unit" in self:
            _also(self.unit, str(detail.unit_id), record.motion.unit_label)

    def draft(self) -> writing.Draft:
        """What was typed."""
        constituency = as_id(self.constituency.data)
        return writing.Draft(
            forum=self.forum.data,
            text=self.text(),
            body=self.body.data or "",
            area=self.area.data or "",
            postcode=self.postcode.data,
            institution_id=as_id(self.institution.data),
            area_ids=frozenset([constituency] if constituency else []),
            text_version_id=as_id(self.text_version.data),
            meeting_on=self.meeting_on.data,
            deadline_on=self.deadline_on.data,
            unit_id=as_id(self.unit.data) if "unit" in self else None,
            proposer=self.proposer.data or "",
            seconder=self.seconder.data or "",
            notes=self.private_notes.data or "",
            lead_user_id=as_id(self.lead.data),
        )

    def key(self) -> UUID:
        """The form's own key; a damaged one counts as new."""
        return as_id(self.submission_key.data) or uuid4()


class Decision(Telling):
    """What became of it: made for a thumb."""

    outcome = RadioField(
        _l("What became of it?"),
        [InputRequired(_l("Choose what became of it."))],
        choices=choices(OUTCOME_WORDS.items()),
    )
    on = DayField(_l("On which day?"), [InputRequired(_l("Give the day."))])
    how = SelectField(_l("How was it decided?"), [Optional()], choices=choices(HOW.items(), _l("Not said")))
    votes_for = IntegerField(_l("For"), [Optional(), NumberRange(0, MOST_VOTES)])
    votes_against = IntegerField(_l("Against"), [Optional(), NumberRange(0, MOST_VOTES)])
    abstained = IntegerField(_l("Abstained"), [Optional(), NumberRange(0, MOST_VOTES)])

    def told(self, amended: MotionText | None = None) -> outcomes.Told:
        """What was told. Numbers say that votes were counted."""
        votes = {name: self[name].data for name in outcomes.VOTES}
        counted = any(value is not None for value in votes.values())
        how = self.how.data or (How.COUNTED if counted else None)
        return outcomes.Told(self.outcome.data, self.on.data or today(), how, amended=amended, **votes)


class OutcomeForm(Decision, Words):
    """The outcome of a motion that stands here, with its text to be changed where it was carried as amended."""

    title = StringField(_l("Title"), [Length(max=LONGEST_TITLE)])


class PastForm(MotionForm, Decision):
    """A motion of which nothing stood here before its body decided."""


class AgainForm(Telling):
    """Before another meeting."""

    meeting_on = DayField(_l("Day of the next meeting"), [Optional()])
    deadline_on = DayField(_l("Motions have to be in by"), [Optional()])
    version = VersionField()


class ForwardForm(Telling):
    """To whom a carried motion was sent, when, and by what."""

    subject = SearchField(_l("To which representative or institution?"))
    subject_id = HiddenField()
    candidate = RadioField(_l("Which of them?"), choices=choices([]), validate_choice=False)
    recipient = StringField(_l("Or to somebody else"), [Length(max=forwarding.LONGEST["recipient"])])
    sent_on = DayField(_l("When?"), [InputRequired(_l("Give the day."))])
    sent_by = SelectField(_l("By what?"), [InputRequired()], choices=choices(SENT_BY.items()))
    note = TextAreaField(_l("Note for your own people"), [Length(max=forwarding.LONGEST["note"])])
    submission_key = HiddenField()
    version = VersionField()

    def chosen_ids(self) -> list[UUID]:
        """Whom the person chose from what was found, the surest first."""
        return [found for text in (self.subject_id.data, self.candidate.data) if (found := as_id(text))]

    def forwarding(self, person_id: UUID | None, institution_id: UUID | None) -> forwarding.Forwarding:
        """What was typed, to one whom the words named."""
        return forwarding.Forwarding(
            sent_on=self.sent_on.data or today(),
            sent_by=self.sent_by.data or SentBy.LETTER,
            person_id=person_id,
            institution_id=institution_id,
            recipient=self.recipient.data or "",
            note=self.note.data or "",
        )


class StepForm(Telling):
    """A button that takes one step, with the version of the page it stood on."""

    version = VersionField()
    comment = TextAreaField(_l("Comment"), [Length(max=2000)])
    gaps_seen = BooleanField(_l("Send it in with these gaps"))


class AgreeForm(StepForm):
    """As what a body is named in public, and whether its text may be read there."""

    public_name = StringField(_l("Name in public"), [Length(max=LONGEST_NAME)])
    shows_text = BooleanField(_l("The text that it carried may be read too"))


class LinkForm(Telling):
    """An action in the diary to link with."""

    action = SelectField(_l("Action in the diary"), [InputRequired()], validate_choice=False)
    version = VersionField()


class FilterForm(Form):
    """The filters of the list; they live in the address."""

    class Meta(Form.Meta):
        csrf = False

    state = SelectField(_l("State"), [Optional()])
    forum = SelectField(_l("Kind of body"), [Optional()])
    unit = SelectField(_l("Branch or group"), [Optional()])
    organisation = SelectField(_l("Organisation"), [Optional()])
    due = SelectField(_l("Deadline"), [Optional()])
    unheard = SelectField(_l("Outcome"), [Optional()])

    def offer(self, actor: Actor, partners: Sequence[Organisation]) -> None:
        """Fill the choices."""
        self.state.choices = [
            ("", gettext("All but withdrawn")),
            (COUNTED, gettext("Carried, as submitted or as amended")),
            *_waiting(actor),
            *_pairs(STATES),
        ]
        self.forum.choices = [("", gettext("Any")), *_pairs(FORUMS)]
        self.unit.choices = [("", gettext("Any"))] + [
            (str(one.id), one.name) for one in list_own_units(actor)
        ]
        self.organisation.choices = [("", gettext("All partners"))] + [
            (str(one.id), one.short_name) for one in partners
        ]
        self.due.choices = [("", gettext("Any")), ("ahead", gettext("Still to come, and not on the agenda"))]
        self.unheard.choices = [("", gettext("Any")), ("yes", gettext("Meeting over, nothing told"))]

    def filters(self) -> Filters:
        """What was chosen; what is none of the choices counts as nothing."""
        chosen = {field.name: field.data or "" for field in self if not field.errors}
        return Filters(
            state=chosen.get("state", ""),
            forum=chosen.get("forum", ""),
            unit_id=as_id(chosen.get("unit")),
            organisation_id=as_id(chosen.get("organisation")),
            due=bool(chosen.get("due")),
            unheard=bool(chosen.get("unheard")),
        )


def values_of(record: MotionRecord) -> dict[str, Any]:
    """What the form shows of a motion."""
    motion, detail, text = record.motion, record.detail, record.text
    assert detail is not None
    movers = record.movers or {}
    return (text.as_dict() if text else {}) | {
        "forum": motion.forum,
        "body": motion.body,
        "unit": str(detail.unit_id or ""),
        "institution": str(motion.institution_id or ""),
        "area": motion.area,
        "postcode": motion.postcode,
        "constituency": next((str(one.area.id) for one in record.areas if one.is_chosen), ""),
        "meeting_on": motion.meeting_on,
        "deadline_on": detail.deadline_on,
        "proposer": movers.get("proposer", ""),
        "seconder": movers.get("seconder", ""),
        "lead": str(detail.lead_user_id or ""),
        "private_notes": detail.notes,
        "text_version": str(motion.text_version_id or ""),
        "version": motion.version,
    }


def first_day(day: date | None) -> date:
    """The day that the form for an outcome begins with."""
    return outcomes.past_day(day)


def _pairs(words: dict[Any, Any]) -> list[tuple[str, str]]:
    return [(str(value), str(label)) for value, label in words.items()]


def _waiting(actor: Actor) -> list[tuple[str, str]]:
    """What waits for whoever decides that a body is named in public."""
    found = []
    if actor.can(Permission.MOTIONS_CONFIRM):
        found.append(("to_agree", gettext("Carried: may it be named in public?")))
    if actor.can(Permission.MOTIONS_PUBLISH):
        found.append(("to_name", gettext("Agreed to be named, and waits for you")))
    return found


def _also(field: SelectField, value: str, label: str) -> None:
    offered: Any = field.choices
    if value not in {choice[0] for choice in offered}:
        field.choices = [*offered, (value, label)]


def known_forum(forum: str | None) -> str:
    """A forum in an address, or nothing for anything else."""
    return forum if forum in set(Forum) else ""
