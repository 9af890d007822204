"""Introducing one contact to one partner, as that person wishes. Names, ways to reach them and work go; nothing else can."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select, text

from ...contacts.models import Contact, ContactKind, Source
from ...contacts.services import ContactDraft, DetailDraft, add_note, keep_contact
from ...contacts.services.drafts import person_cautions
from ...contacts.services.keeping import kept_values, open_contact
from ...organisations.queries import list_campaign_organisations
from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.cautions import ask_first
from ...platform.clock import now, today
from ...platform.db import db, get_or_404, new_id
from ...platform.errors import Conflict, Invalid
from ...platform.permissions import Permission
from ...platform.sealing import seal_field
from ...safeguards.storage import find_storage_off
from ..models import Introduction, IntroductionOffer, IntroductionState, SaidHow
from ..queries.introductions import is_waiting_for

LASTS = timedelta(days=14)
# What is older is no consent to this.
CONSENT_LASTS = timedelta(days=180)
LONGEST_WORDS = 1000
# In the order in which they are shown. Whatever is not here never goes: notes, tags, language, unit, consents, and
# facts of a special category least of all.
FIELDS = ("emails", "phones", "postcode", "sector", "job", "workplace")


@dataclass(frozen=True)
class IntroductionDraft:
    """To whom, with which fields, and the person's consent: exact words, how, when."""

    receiver_id: UUID | None
    fields: tuple[str, ...]
    consent_words: str
    consent_how: str
    consent_on: date | None


def read_passable(contact: Contact) -> dict[str, Any]:
    """What of this contact may go at all, by field; the name always goes."""
    on, kept = today(), kept_values(contact)

    def present(details: Any) -> list[DetailDraft]:
        return [
            one
            for one in details
            if (one.valid_from is None or one.valid_from <= on)
            and (one.valid_until is None or one.valid_until >= on)
        ]

    postcodes = [one.postcode for one in present(kept["addresses"]) if one.postcode]
    found = {
        "emails": [[one.value, str(one.use)] for one in present(kept["emails"])],
        "phones": [[one.value, str(one.use)] for one in present(kept["phones"])],
        "postcode": postcodes[0] if postcodes else "",
        "sector": kept["sector"] or "",
        "job": kept["job"],
        "workplace": kept["workplace"],
    }
    return {name: found[name] for name in FIELDS if found[name]}


def check_introduction(
    actor: Actor, contact_id: UUID, draft: IntroductionDraft, *, confirmed: Collection[str] = ()
) -> tuple[Contact, dict[str, Any]]:
    """The contact and exactly what would go. Raises NotFound, Conflict, Invalid by field, NeedsConfirmation."""
    actor.check(Permission.CONTACTS_INTRODUCE)
    contact = open_contact(actor, contact_id)
    if contact.kind != ContactKind.PERSON:
        raise Conflict(_("Only people are introduced: they alone can say that they wish it."))
    _check(actor, contact_id, draft)
    ask_first(person_cautions("consent_words", draft.consent_words), confirmed)
    passable = read_passable(contact)
    payload: dict[str, Any] = {"name": contact.name} | {
        name: value for name, value in passable.items() if name in draft.fields
    }
    if not any(name in payload for name in ("emails", "phones")):
        raise Invalid(
            _("Some of it is missing or wrong."), fields=_("Tick a way to reach them: an email or a phone.")
        )
    return contact, payload


def digest_of(payload: dict[str, Any], draft: IntroductionDraft) -> str:
    """What the preview showed: another contact, partner, field or word makes another."""
    shown = json.dumps([payload, str(draft.receiver_id), draft.consent_words], sort_keys=True)
    return hashlib.sha256(shown.encode()).hexdigest()


def introduce(
    actor: Actor, contact_id: UUID, draft: IntroductionDraft, *, confirmed: Collection[str] = ()
) -> Introduction:
    """Send it: the sender's own row, and by a definer function the receiver's, sealed with the receiver's key."""
    contact, payload = check_introduction(actor, contact_id, draft, confirmed=confirmed)
    assert draft.receiver_id is not None
    assert draft.consent_on is not None
    row = Introduction(
        id=new_id(),
        organisation_id=actor.organisation_id,
        contact_id=contact.id,
        receiver_id=draft.receiver_id,
        fields=[name for name in FIELDS if name in payload],
        consent_how=draft.consent_how,
        consent_on=draft.consent_on,
        author_label=actor.author_label,
        expires_at=now() + LASTS,
    )
    row.consent_words = draft.consent_words
    db.session.add(row)
    db.session.flush()
    consent = {"words": draft.consent_words, "how": draft.consent_how, "on": draft.consent_on.isoformat()}
    plain = json.dumps(payload | {"consent": consent})
    sealed = seal_field(
        db.session(), draft.receiver_id, "introduction_offer", "payload_cipher", row.id, plain
    )
    if not db.session.scalar(text("SELECT app.offer_introduction(:i, :p)"), {"i": row.id, "p": sealed}):
        raise Conflict(_("This partner no longer takes part in the campaign."))
    record(
        actor, "introduction.made", "contact", contact.id, fields=row.fields, partner=str(draft.receiver_id)
    )
    return row


def take_back(actor: Actor, introduction_id: UUID) -> None:
    """Take an introduction back before it is answered. Raises NotFound, Conflict."""
    actor.check(Permission.CONTACTS_INTRODUCE)
    row = get_or_404(Introduction, introduction_id)
    if not db.session.scalar(text("SELECT app.take_back_introduction(:i)"), {"i": row.id}):
        raise Conflict(_("It was answered, taken back or has run out already."))
    record(actor, "introduction.taken_back", "introduction", row.id)


def open_offer(actor: Actor, introduction_id: UUID) -> tuple[IntroductionOffer, dict[str, Any]]:
    """What a partner sent, with its content while it waits; raises NotFound."""
    actor.check(Permission.CONTACTS_INTRODUCE)
    offer = get_or_404(IntroductionOffer, introduction_id)
    is_open = offer.state == IntroductionState.OPEN and offer.expires_at > now()
    return offer, json.loads(offer.payload or "{}") if is_open else {}


def accept(actor: Actor, introduction_id: UUID, sender_name: str, *, confirmed: Collection[str] = ()) -> UUID:
    """Take the person among one's own contacts, with a note of the words in which they agreed; answers the contact's id.

    Raises NotFound, Conflict where it is no longer open, and what :func:`keep_contact` asks.
    """
    offer, payload = open_offer(actor, introduction_id)
    if not payload:
        raise Conflict(_("It was answered, taken back or has run out already."))
    draft = ContactDraft(
        name=payload["name"],
        submission_key=offer.id,
        emails=_details(payload.get("emails")),
        phones=_details(payload.get("phones")),
        addresses=(DetailDraft(postcode=payload["postcode"]),) if payload.get("postcode") else (),
        sector=payload.get("sector"),
        job=payload.get("job", ""),
        workplace=payload.get("workplace", ""),
        source=Source.REFERRAL,
        source_detail=_("Introduced by %(name)s", name=sender_name),
    )
    contact = keep_contact(actor, draft, confirmed=confirmed)
    consent = payload["consent"]
    words = _(
        "Introduced by %(name)s. They agreed on %(day)s in these words: “%(words)s”",
        name=sender_name,
        day=consent["on"],
        words=consent["words"],
    )
    # The sender was asked about what the words hold; here they are evidence, and kept as they are.
    keys = [one.key for one in person_cautions("body", words)]
    add_note(actor, contact.id, words, submission_key=offer.id, confirmed=keys)
    _answer(offer.id, IntroductionState.ACCEPTED, contact.id)
    record(actor, "introduction.took", "contact", contact.id)
    return contact.id


def decline(actor: Actor, introduction_id: UUID) -> None:
    """Let it be; what came is forgotten at once. Raises NotFound, Conflict."""
    offer, _payload = open_offer(actor, introduction_id)
    _answer(offer.id, IntroductionState.DECLINED, None)
    record(actor, "introduction.turned_down", "introduction", offer.id)


def expire_introductions(actor: Actor) -> int:
    """Let those of the actor's organisation run out that nobody answered; answers how many."""
    ids = list(db.session.scalars(text("SELECT app.expire_introductions()")))
    for introduction_id in ids:
        record(actor, "introduction.expired", "introduction", introduction_id)
    return len(ids)


def end_introductions(actor: Actor) -> None:
    """Decline what waits for the actor's organisation, and take back what it sent: it keeps nobody any more."""
    # What has run out is nobody's to answer, though the sweep may not have come to it yet.
    expire_introductions(actor)
    came = select(IntroductionOffer.id).where(
        IntroductionOffer.state == IntroductionState.OPEN, IntroductionOffer.expires_at > func.now()
    )
    for offered in db.session.scalars(came).all():
        decline(actor, offered)
    sent = select(Introduction.id).where(Introduction.state == IntroductionState.OPEN)
    for introduced in db.session.scalars(sent).all():
        take_back(actor, introduced)


def list_receivers(actor: Actor) -> list[tuple[UUID, str]]:
    """The partners to whom somebody can be introduced: those that take part and keep people."""
    return [
        (one.id, one.name)
        for one in list_campaign_organisations(actor.campaign_id)
        if one.id != actor.organisation_id and one.left_at is None and find_storage_off(one.id) is None
    ]


def _answer(introduction_id: UUID, answer: IntroductionState, contact_id: UUID | None) -> None:
    done = db.session.scalar(
        text("SELECT app.answer_introduction(:i, :a, :c)"),
        {"i": introduction_id, "a": str(answer), "c": contact_id},
    )
    if not done:
        raise Conflict(_("It was answered, taken back or has run out already."))


def _details(found: Any) -> tuple[DetailDraft, ...]:
    return tuple(DetailDraft(value, use) for value, use in found or ())


def _check(actor: Actor, contact_id: UUID, draft: IntroductionDraft) -> None:
    wrong: dict[str, str] = {}
    if draft.receiver_id not in dict(list_receivers(actor)):
        wrong["receiver_id"] = _("Choose a partner.")
    elif draft.receiver_id and is_waiting_for(contact_id, draft.receiver_id):
        wrong["receiver_id"] = _("They are being introduced to this partner already.")
    if not draft.consent_words:
        wrong["consent_words"] = _("Write what they said, in their own words.")
    elif len(draft.consent_words) > LONGEST_WORDS:
        wrong["consent_words"] = _("Keep it below 1,000 characters.")
    if draft.consent_how not in list(SaidHow):
        wrong["consent_how"] = _("Choose how they said it.")
    if draft.consent_on is None:
        wrong["consent_on"] = _("Say on which day they said it.")
    elif draft.consent_on > today():
        wrong["consent_on"] = _("That day is yet to come.")
    elif draft.consent_on < today() - CONSENT_LASTS:
        wrong["consent_on"] = _("That is more than half a year ago: ask them again.")
    if wrong:
        raise Invalid(_("Some of it is missing or wrong."), **wrong)
