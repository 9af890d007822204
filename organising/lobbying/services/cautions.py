"""Things to ask about before they are kept: a warning is never a wall, and never passes unseen."""

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _

from organising.lobbying.queries.log import find_repeated
from organising.lobbying.queries.members import was_in_office
from organising.lobbying.services.drafts import EngagementDraft, place
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.errors import Invalid

EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}", re.IGNORECASE)
PHONE = re.compile(r"(?<![\w/.-])(?:\+\d|0)(?:[\s().-]*\d){8,13}(?!\d)")
POSTCODE = re.compile(r"\b(?:GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2})\b", re.IGNORECASE)
STATUS = re.compile(
    r"\b(?:undocumented|overstay(?:er|ed|ing)?s?|illegals?|illegal (?:im)?migrants?|"
    r"immigration status|asylum[- ]seekers?|(?:refused|failed) asylum|refugee status|"
    r"(?:no|without) papers|(?:expired|no|lost (?:her|his|their)) visas?|"
    r"visa (?:has )?(?:expired|ran out)|leave to remain|settled status|no recourse|nrpf|deport(?:ed|ation)?|"
    r"removal directions|trafficked|sans papiers)\b",
    re.IGNORECASE,
)
REPEATED_WITHIN = timedelta(hours=24)


@dataclass(frozen=True)
class Caution:
    """A question to answer first. ``key`` is its answer, for this text only: a changed text asks again.

    ``needs_reason``: a box to tick is not enough, a reason has to be written. ``instead``: a better day, which one tap takes.
    """

    code: str
    field: str
    message: str
    key: str
    needs_reason: bool = False
    instead: date | None = None


class NeedsConfirmation(Invalid):
    """Kept once every caution's key is among the confirmed ones, or its reason given."""

    code = "needs_confirmation"

    def __init__(self, cautions: list[Caution]) -> None:
        super().__init__(_("Please check this first."))
        self.cautions = cautions


def ask_first(cautions: Iterator[Caution], confirmed: Collection[str]) -> None:
    """Raise :class:`NeedsConfirmation` with the cautions that nobody has answered yet."""
    open_ones = [one for one in cautions if one.needs_reason or one.key not in confirmed]
    if open_ones:
        raise NeedsConfirmation(open_ones)


def engagement_cautions(actor: Actor, draft: EngagementDraft, *, is_new: bool = True) -> Iterator[Caution]:
    """What to ask about an engagement before it is logged (``is_new``) or changed."""
    yield from text_cautions("headline", draft.line, shared=True)
    yield from text_cautions("note", draft.note, shared=False)
    yield from text_cautions("out_of_office_reason", draft.out_of_office_reason, shared=True)
    for number, attendee in enumerate(draft.attendees, start=1):
        yield from text_cautions(place("attendee", number, "label"), attendee.words, shared=True)
    assert draft.happened_on is not None
    if draft.person_id and not draft.reason and not was_in_office(draft.person_id, draft.happened_on):
        yield Caution(
            "not_in_office",
            "out_of_office_reason",
            _("They held no office on that day, as far as we know. Check the day, or say why it counts."),
            caution_key("not_in_office", ""),
            needs_reason=True,
        )
    if is_new and _looks_repeated(actor, draft):
        who = draft.person_id or draft.institution_id
        yield Caution(
            "repeated",
            "headline",
            _("Your organisation logged the same contact not long ago. Log it again if it happened twice."),
            caution_key("repeated", f"{who}{draft.happened_on}{draft.line}"),
        )


def text_cautions(field: str, text: str, *, shared: bool) -> Iterator[Caution]:
    """Ask about what looks like a person's details, or speaks of immigration status."""
    if any(pattern.search(text) for pattern in (EMAIL, PHONE, POSTCODE)):
        message = (
            _("This looks like a person’s details, and every partner can read it.")
            if shared
            else _("This looks like a person’s details. Keep only what you need.")
        )
        yield Caution("details", field, message, caution_key(f"details.{field}", text))
    if STATUS.search(text):
        message = (
            _(
                "This speaks of immigration status, and every partner can read it. "
                "Make sure that it is about nobody in particular."
            )
            if shared
            else _(
                "This speaks of immigration status. Never record anyone’s: "
                "make sure that it is about nobody in particular."
            )
        )
        yield Caution("status", field, message, caution_key(f"status.{field}", text))


def caution_key(code: str, text: str) -> str:
    """The answer to a caution of this code about this text."""
    return f"{code}.{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _looks_repeated(actor: Actor, draft: EngagementDraft) -> bool:
    """A draft restored after a lost answer comes with a new key: the same words tell it."""
    assert draft.happened_on is not None
    return find_repeated(
        actor,
        person_id=draft.person_id,
        institution_id=draft.institution_id,
        happened_on=draft.happened_on,
        kind=draft.kind,
        headline=draft.line,
        since=now() - REPEATED_WITHIN,
    )
