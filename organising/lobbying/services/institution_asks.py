"""Saying how an ask stands with an institution: only ever added, and what is met or refused is shown by something."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _

from organising.lobbying.ask_relevance import concerns
from organising.lobbying.models import SHOWN, STATUS_LENGTH, AskStatus, Status
from organising.lobbying.queries.requests import get_request, list_events
from organising.lobbying.request_states import REPLIES
from organising.lobbying.services.drafts import EARLIEST, check_asks, is_web_address
from organising.lobbying.services.shared import authorship, check_takes_part, find_latest
from organising.organisations.models import Ask
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.cautions import ask_first, text_cautions
from organising.platform.clock import today
from organising.platform.db import db, get_or_404
from organising.platform.errors import Invalid, NotFound
from organising.platform.permissions import Permission
from organising.representatives.models import Institution


@dataclass(frozen=True)
class StatusDraft:
    """What is about to be said. ``request_id``: a request for information whose answer shows it."""

    ask_id: UUID | None
    status: str
    held_on: date | None = None
    words: str = ""
    url: str = ""
    request_id: UUID | None = None

    @property
    def line(self) -> str:
        """The words on one line, without spaces around them."""
        return " ".join(self.words.split())


def claim_status(
    actor: Actor, institution_id: UUID, draft: StatusDraft, *, confirmed: Collection[str] | None = ()
) -> AskStatus:
    """Say it in the actor's organisation's name; the same as its latest word again is once.

    Raises Forbidden, NotFound, Invalid by field, and NeedsConfirmation unless ``confirmed`` is None.
    """
    check_takes_part(actor, Permission.COMMITMENTS_EDIT)
    institution: Institution = get_or_404(Institution, institution_id)
    if draft.request_id and get_request(actor, draft.request_id).institution_id != institution_id:
        raise NotFound
    if wrong := check_status(actor, draft, institution):
        raise Invalid(_("This was not kept yet."), **wrong)
    if confirmed is not None:
        ask_first(text_cautions("words", draft.line, shared=True), confirmed)
    claim = AskStatus(
        institution_id=institution_id,
        ask_id=draft.ask_id,
        status=draft.status,
        held_on=draft.held_on,
        words=draft.line,
        url=draft.url or None,
        request_id=draft.request_id,
        **authorship(actor),
    )
    latest = find_latest(claim, ("institution_id", "ask_id"))
    if latest is not None and _says(latest) == _says(claim):
        return latest
    db.session.add(claim)
    db.session.flush()
    audit.record(actor, "ask_status.claimed", "ask_status", claim.id, status=claim.status)
    return claim


def check_status(actor: Actor, draft: StatusDraft, institution: Institution) -> dict[str, str]:
    """Reasons by field why it can't be kept like this; empty where it can."""
    wrong: dict[str, str] = {}
    if draft.ask_id is None:
        wrong["ask_id"] = _("Choose the ask.")
    elif reason := check_asks(actor, [draft.ask_id]):
        wrong["ask_id"] = reason
    elif not concerns(db.session.get_one(Ask, draft.ask_id), institution):
        wrong["ask_id"] = _("The campaign does not ask this of this body.")
    if draft.request_id and not any(one.state in REPLIES for one in list_events(draft.request_id)):
        wrong["words"] = _("The request has no answer yet, so it shows nothing.")
    if draft.status not in list(Status):
        wrong["status"] = _("Choose how it stands.")
    elif draft.status in SHOWN and not (draft.line or draft.url or draft.request_id):
        wrong["words"] = _("Say what shows it: a line of words, a link, or a request for information.")
    if len(draft.line) > STATUS_LENGTH:
        wrong["words"] = _("Keep it under %(most)d characters.", most=STATUS_LENGTH)
    if draft.url and not is_web_address(draft.url):
        wrong["url"] = _("Write the whole address, with https://")
    if draft.held_on is None:
        wrong["held_on"] = _("Say on which day.")
    elif not EARLIEST <= draft.held_on <= today():
        wrong["held_on"] = _("Choose a day between 2000 and today.")
    return wrong


def _says(claim: AskStatus) -> tuple[object, ...]:
    return (claim.status, claim.held_on, claim.words, claim.url, claim.request_id)
