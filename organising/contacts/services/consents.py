"""Recording what somebody agreed to, in which words; and facts that are kept only because they did."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from ...organisations.models import Organisation, OrganisationKind
from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.cautions import ask_first
from ...platform.clock import LONDON, now, today
from ...platform.db import db, find
from ...platform.errors import Invalid
from ...platform.locks import take_turns
from ...platform.permissions import Permission
from ..models import (
    ConsentChannel,
    ConsentDecision,
    ConsentPurpose,
    ConsentSource,
    ConsentWording,
    ContactConsent,
    SpecialFact,
    SupportedBy,
)
from ..models.consents import LONGEST_WORDING, OFFERED_AT, SOFT_CHANNELS, SOFT_OPT_IN_SINCE
from ..queries.consents import find_standing, list_facts, list_wordings
from ..words import FIRST_WORDINGS
from .drafts import person_cautions
from .keeping import open_contact

LONGEST_EVIDENCE = 500
LONGEST_FACT = 200


@dataclass(frozen=True)
class ConsentDraft:
    """A decision as told, for one or several channels. ``wording_id`` None: the newest words of the purpose.

    ``value`` is the fact that a special purpose lets be kept: which union, which opinion. ``supported_by`` is how a
    charity came by the details of a supporter, where the decision is its soft opt-in.
    """

    purpose: str
    decision: str
    submission_key: UUID
    channels: tuple[str, ...] = ()
    decided_on: date | None = None
    source: str = ConsentSource.IN_PERSON
    evidence: str = ""
    wording_id: UUID | None = None
    value: str = ""
    supported_by: str = ""


def record_consent(
    actor: Actor, contact_id: UUID, draft: ConsentDraft, *, confirmed: Collection[str] = ()
) -> list[ContactConsent]:
    """Write down a decision; the same form sent twice writes one. Nothing that was written before is changed.

    Raises NotFound, Conflict for an archived contact, Invalid by field, NeedsConfirmation.
    """
    contact = open_contact(actor, contact_id)
    statement = select(ContactConsent).where(ContactConsent.submission_key == draft.submission_key)
    before = list(db.session.scalars(statement))
    if before:
        return before
    _check(draft)
    _check_soft_opt_in(actor, draft)
    ask_first(person_cautions("evidence", draft.evidence), confirmed)
    purpose = ConsentPurpose(draft.purpose)
    if purpose.is_special:
        ask_first(person_cautions("value", draft.value), confirmed)
    lets_write = ConsentDecision(draft.decision).lets_write
    wording = wording_of(actor, purpose, draft.wording_id) if lets_write else None
    channels = (ConsentChannel.RECORD,) if purpose.is_special else draft.channels
    written = []
    for channel in dict.fromkeys(channels):
        consent = ContactConsent(
            contact_id=contact.id,
            purpose=purpose,
            channel=channel,
            decision=draft.decision,
            wording_id=wording.id if wording else None,
            decided_at=_moment(draft.decided_on),
            source=draft.source,
            supported_by=draft.supported_by if draft.decision == ConsentDecision.SOFT_OPT_IN else None,
            recorded_by=actor.user_id,
            author_label=actor.author_label,
            submission_key=draft.submission_key,
        )
        if draft.evidence.strip():
            consent.evidence = draft.evidence.strip()
        db.session.add(consent)
        written.append(consent)
    db.session.flush()
    record(
        actor, "consent.recorded", "contact", contact.id,
        purpose=str(purpose), decision=draft.decision, channels=[str(one) for one in dict.fromkeys(channels)],
    )  # fmt: skip
    if purpose.is_special and draft.decision == ConsentDecision.GIVEN:
        _keep_fact(contact.id, written[0], draft.value)
    return written


def withdraw_consent(
    actor: Actor, contact_id: UUID, purpose: str, channel: str, *, submission_key: UUID
) -> bool:
    """Write down that somebody takes a yes back; returns whether that changed anything.

    As easy as giving it (UK GDPR Article 7(3)): nothing else is asked. A fact kept because of it is removed.
    """
    open_contact(actor, contact_id, archived=True)
    standing = find_standing(contact_id, purpose, channel)
    if standing is None or not ConsentDecision(standing.decision).lets_write:
        return False
    consent = ContactConsent(
        contact_id=contact_id,
        purpose=standing.purpose,
        channel=standing.channel,
        decision=ConsentDecision.WITHDRAWN,
        # Not before what it takes back, whatever the clocks of two servers say.
        decided_at=max(now(), standing.decided_at),
        source=ConsentSource.NOT_SAID,
        recorded_by=actor.user_id,
        author_label=actor.author_label,
        submission_key=submission_key,
    )
    db.session.add(consent)
    db.session.flush()
    db.session.expire_all()
    record(
        actor, "consent.withdrawn", "contact", contact_id, purpose=standing.purpose, channel=standing.channel
    )
    return True


def remove_fact(actor: Actor, contact_id: UUID, purpose: str) -> bool:
    """Remove a fact of a special category though the consent stands; returns whether there was one."""
    open_contact(actor, contact_id, archived=True)
    fact = list_facts(contact_id).get(purpose)
    if fact is None:
        return False
    db.session.delete(fact)
    record(actor, "contact.fact_removed", "contact", contact_id, purpose=purpose)
    return True


def write_wording(actor: Actor, purpose: str, text: str) -> ConsentWording:
    """New words for a purpose, as a new version; those agreed to before stay as they were. Raises Forbidden, Invalid."""
    actor.check(Permission.CONTACTS_SETTINGS)
    text = " ".join(text.split())
    if purpose not in set(ConsentPurpose):
        raise Invalid(_("Choose one of these."), purpose=_("Choose one of these."))
    if not text or len(text) > LONGEST_WORDING:
        reason = _("Write the words, at most %(most)s characters.", most=LONGEST_WORDING)
        raise Invalid(reason, text=reason)
    take_turns("wordings", actor.organisation_id)
    known = list_wordings().get(purpose, [])
    if known and known[0].text == text:
        return known[0]
    return _add_wording(actor, ConsentPurpose(purpose), text, known[0].version + 1 if known else 1)


def first_wording(actor: Actor, purpose: ConsentPurpose) -> str:
    """The words with which the organisation begins."""
    return str(FIRST_WORDINGS[purpose]) % {"name": actor.organisation_name}


def _add_wording(actor: Actor, purpose: ConsentPurpose, text: str, version: int) -> ConsentWording:
    wording = ConsentWording(purpose=purpose, version=version, text=text, author_label=actor.author_label)
    db.session.add(wording)
    db.session.flush()
    record(
        actor, "consent.wording_written", "consent_wording", wording.id, purpose=str(purpose), version=version
    )
    return wording


def wording_of(actor: Actor, purpose: ConsentPurpose, wording_id: UUID | None = None) -> ConsentWording:
    """The words of a purpose: those chosen, else the newest, else the first, which are then kept. Raises Invalid."""
    if wording_id is not None:
        found = find(ConsentWording, wording_id)
        if found is None or found.purpose != purpose:
            raise Invalid(_("Choose the words again."), wording=_("Choose one of these."))
        return found
    take_turns("wordings", actor.organisation_id)
    known = list_wordings().get(purpose)
    return known[0] if known else _add_wording(actor, purpose, first_wording(actor, purpose), 1)


def _keep_fact(contact_id: UUID, consent: ContactConsent, value: str) -> None:
    standing = find_standing(contact_id, consent.purpose, consent.channel)
    if standing is None or standing.id != consent.id:
        # They took it back, or said no, after the day of this yes.
        return
    fact = list_facts(contact_id).get(consent.purpose)
    if fact is None:
        fact = SpecialFact(contact_id=contact_id, purpose=consent.purpose, consent_id=consent.id)
        db.session.add(fact)
    fact.consent_id = consent.id
    fact.value = " ".join(value.split())
    db.session.flush()


def _moment(day: date | None) -> datetime:
    if day is None or day == today():
        return now()
    return datetime.combine(day, time(12), LONDON)


def _check_soft_opt_in(actor: Actor, draft: ConsentDraft) -> None:
    """What a charity's soft opt-in rests on (PECR regulation 22(3A)); the database holds the same."""
    if draft.decision != ConsentDecision.SOFT_OPT_IN:
        return
    wrong: dict[str, str] = {}
    kind = db.session.scalar(select(Organisation.kind).where(Organisation.id == actor.organisation_id))
    if kind != OrganisationKind.CHARITY or ConsentPurpose(draft.purpose).is_special:
        wrong["decision"] = _("The soft opt-in is for charities, and for being written to.")
    if not set(draft.channels) <= set(SOFT_CHANNELS):
        wrong["channels"] = _("The soft opt-in is for email and text messages only.")
    if draft.source not in OFFERED_AT:
        wrong["source"] = _("Say where they were offered the choice not to be written to.")
    if draft.supported_by not in set(SupportedBy):
        wrong["supported_by"] = _("It holds only for details that came with interest or support.")
    if draft.decided_on is not None and draft.decided_on < SOFT_OPT_IN_SINCE:
        wrong["decided_on"] = _("It holds only for details collected since 5 February 2026.")
    if wrong:
        raise Invalid(_("It was not kept yet."), **wrong)


def _check(draft: ConsentDraft) -> None:
    wrong: dict[str, str] = {}
    choose = _("Choose one of these.")
    special = draft.purpose in set(ConsentPurpose) and ConsentPurpose(draft.purpose).is_special
    if draft.purpose not in set(ConsentPurpose):
        wrong["purpose"] = choose
    if draft.decision not in set(ConsentDecision):
        wrong["decision"] = _("Say whether they said yes or no.")
    if draft.source not in set(ConsentSource):
        wrong["source"] = choose
    offered = set(ConsentChannel) - {ConsentChannel.RECORD}
    if not special and (not draft.channels or not set(draft.channels) <= offered):
        wrong["channels"] = _("Tick how they may be reached.")
    if draft.decided_on is not None and draft.decided_on > today():
        wrong["decided_on"] = _("That day is still to come.")
    if len(draft.evidence) > LONGEST_EVIDENCE:
        wrong["evidence"] = _("Use at most %(most)s characters.", most=LONGEST_EVIDENCE)
    if special and draft.decision == ConsentDecision.GIVEN and not draft.value.strip():
        wrong["value"] = _("Write what they agreed that you keep.")
    if len(draft.value) > LONGEST_FACT:
        wrong["value"] = _("Use at most %(most)s characters.", most=LONGEST_FACT)
    if wrong:
        raise Invalid(_("It was not kept yet."), **wrong)
