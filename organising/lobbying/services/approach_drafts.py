"""What a person typed about an approach, the rules for it, and what to ask about before partners read it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext

from organising.lobbying.models import LONGEST_WINDOW_DAYS, PURPOSE_LENGTH, Approach, Channel
from organising.lobbying.queries.members import was_in_office
from organising.lobbying.queries.pressure import CALLS, MAIL, Load, measure_pressure
from organising.lobbying.services.drafts import LONGEST_NOTE, LONGEST_REASON, check_asks
from organising.organisations.queries import Member, list_members
from organising.platform.actor import Actor
from organising.platform.cautions import Caution, text_cautions
from organising.platform.clock import today
from organising.platform.db import find
from organising.platform.permissions import Permission, may
from organising.representatives.models import Institution, Person

FURTHEST = timedelta(days=366)


@dataclass(frozen=True)
class ApproachDraft:
    """An approach about to be reserved or edited. Days are inclusive; exactly one subject is set."""

    channel: str
    starts_on: date | None
    ends_on: date | None
    purpose: str
    submission_key: UUID
    person_id: UUID | None = None
    institution_id: UUID | None = None
    ask_ids: tuple[UUID, ...] = ()
    owner_user_id: UUID | None = None
    due_on: date | None = None
    pressure_reason: str = ""
    note: str = ""

    @property
    def wanted(self) -> dict[str, Any]:
        """Whom it holds, how, and on which days."""
        names = ("person_id", "institution_id", "channel", "starts_on", "ends_on")
        return {name: getattr(self, name) for name in names}

    @property
    def line(self) -> str:
        """The purpose on one line, without spaces around it."""
        return " ".join(self.purpose.split())

    @property
    def reason(self) -> str | None:
        """Why it is made over budget, on one line."""
        return " ".join(self.pressure_reason.split()) or None


def list_owners(actor: Actor) -> list[Member]:
    """Those of the own organisation who may see to an approach, by name."""
    return [one for one in list_members(actor) if may(one.role, Permission.APPROACHES_RESERVE)]


def check_draft(actor: Actor, draft: ApproachDraft, kept: Approach | None = None) -> dict[str, str]:
    """Reasons by field why this can't be reserved, or ``kept`` so changed."""
    wrong = _check_days(draft, kept)
    if kept is None and not _has_subject(draft):
        wrong["person_id"] = _("Choose the representative from the list.")
    if draft.channel not in list(Channel):
        wrong["channel"] = _("Choose how you will approach them.")
    if not draft.line:
        wrong["purpose"] = _("Say in one line what it is for: partners decide by it whether to join.")
    elif len(draft.line) > PURPOSE_LENGTH:
        wrong["purpose"] = _("Use at most %(most)s characters.", most=PURPOSE_LENGTH)
    if len(draft.pressure_reason) > LONGEST_REASON:
        wrong["pressure_reason"] = _("Use at most %(most)s characters.", most=LONGEST_REASON)
    if len(draft.note) > LONGEST_NOTE:
        wrong["note"] = _("Use at most %(most)s characters.", most=LONGEST_NOTE)
    if reason := check_asks(actor, draft.ask_ids, already=[ask.id for ask in kept.asks] if kept else ()):
        wrong["ask_ids"] = reason
    if draft.owner_user_id and draft.owner_user_id not in [one.user_id for one in list_owners(actor)]:
        wrong["owner_user_id"] = _("Choose someone of your organisation who may make approaches.")
    return wrong


def draft_cautions(actor: Actor, draft: ApproachDraft, kept: Approach | None = None) -> Iterator[Caution]:
    """What to ask before it is reserved or changed: shared words, an office that ended, the pressure budget."""
    yield from text_cautions("purpose", draft.line, shared=True)
    yield from text_cautions("pressure_reason", draft.pressure_reason, shared=True)
    yield from text_cautions("note", draft.note, shared=False)
    if draft.person_id and kept is None and not was_in_office(draft.person_id, today()):
        yield Caution(
            "not_in_office",
            "purpose",
            _("They hold no office now, as far as we know. Reserve them if you know better."),
            f"not_in_office.{draft.person_id}",
        )
    if draft.reason or (kept is not None and kept.channel == draft.channel):
        return
    pressure = measure_pressure(actor, draft.person_id, institution_id=draft.institution_id)
    load = pressure.of(draft.channel)
    if load is not None and load.is_full:
        yield Caution("over_budget", "pressure_reason", _over_budget(load), "over_budget", needs_reason=True)


def _over_budget(load: Load) -> str:
    if load.means == MAIL:
        counted = ngettext("%(num)d mail", "%(num)d mails", load.total)
    elif load.means == CALLS:
        counted = ngettext("%(num)d call", "%(num)d calls", load.total)
    else:
        counted = ngettext("%(num)d visit", "%(num)d visits", load.total)
    return str(
        _(
            "Partners together already come to %(counted)s around these 30 days; the budget is %(budget)s. "
            "Leave them in peace, or say why this one is worth it.",
            counted=counted,
            budget=load.budget,
        )
    )


def _has_subject(draft: ApproachDraft) -> bool:
    if draft.person_id:
        return find(Person, draft.person_id) is not None
    return draft.institution_id is not None and find(Institution, draft.institution_id) is not None


def _check_days(draft: ApproachDraft, kept: Approach | None) -> dict[str, str]:
    wrong: dict[str, str] = {}
    first, last, day = draft.starts_on, draft.ends_on, today()
    if first is None:
        wrong["starts_on"] = _("Say from which day you want to hold them.")
    elif first < day and (kept is None or first != kept.starts_on):
        wrong["starts_on"] = _("This day is past. Choose today or later.")
    elif first > day + FURTHEST:
        wrong["starts_on"] = _("Choose a day within the next year.")
    if last is None:
        wrong["ends_on"] = _("Say until which day.")
    elif first is not None and last < first:
        wrong["ends_on"] = _("The last day comes before the first.")
    elif first is not None and (last - first).days >= LONGEST_WINDOW_DAYS:
        wrong["ends_on"] = _(
            "Hold them for at most %(most)s days, so that others get their turn.", most=LONGEST_WINDOW_DAYS
        )
    elif last < day and kept is None:
        wrong["ends_on"] = _("This day is past. Choose today or later.")
    if kept is not None and kept.scheduled_on and first and last and not first <= kept.scheduled_on <= last:
        wrong["ends_on"] = _(
            "The agreed day has to stay within: it is the %(day)s.", day=kept.scheduled_on.day
        )
    if draft.due_on is None:
        wrong["due_on"] = _("Say by when the next step is due.")
    elif draft.due_on < day and (kept is None or draft.due_on != kept.due_on):
        wrong["due_on"] = _("This day is past. Choose today or later.")
    elif last is not None and draft.due_on > max(last, day) + FURTHEST:
        wrong["due_on"] = _("Choose a day within the next year.")
    return wrong
