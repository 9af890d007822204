"""Requests for information: written down once sent, chased, moved on. The product itself sends nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _

from organising.lobbying.models import (
    ANSWER_LENGTH,
    TITLE_LENGTH,
    WORDING_LENGTH,
    InformationRequest,
    RequestDeed,
    RequestEvent,
    RequestOwn,
)
from organising.lobbying.models.pursued import Snapshot
from organising.lobbying.models.requests import EXEMPTION_LENGTH, REFERENCE_LENGTH
from organising.lobbying.queries.requests import get_own_request, list_events, list_same_requests
from organising.lobbying.request_days import add_working_days
from organising.lobbying.request_states import REPLIES, WAITING, RequestState, may_become
from organising.lobbying.services.drafts import EARLIEST, check_asks, is_web_address
from organising.lobbying.services.shared import authorship, check_takes_part
from organising.lobbying.services.undoing import put_back_last
from organising.organisations.queries.colleagues import find_colleague
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.cautions import Caution, ask_first, caution_key, text_cautions
from organising.platform.clock import today
from organising.platform.db import db, get_or_404
from organising.platform.errors import Conflict, Invalid
from organising.platform.permissions import Permission
from organising.representatives.models import Institution


@dataclass(frozen=True)
class RequestDraft:
    """A request as it was sent. ``owner_user_id``: who chases it, the writer where nobody is said."""

    title: str
    wording: str
    sent_on: date | None
    ask_id: UUID | None = None
    reference: str = ""
    owner_user_id: UUID | None = None

    @property
    def line(self) -> str:
        """The title on one line, without spaces around it."""
        return " ".join(self.title.split())


@dataclass(frozen=True)
class ReplyDraft:
    """What came of a request: on which day, in a line, where it can be read, which exemption was named."""

    on: date | None
    words: str = ""
    url: str = ""
    exemption: str = ""
    reference: str = ""

    @property
    def line(self) -> str:
        """The words on one line, without spaces around them."""
        return " ".join(self.words.split())


def make_request(
    actor: Actor, institution_id: UUID, draft: RequestDraft, *, confirmed: Collection[str] | None = ()
) -> InformationRequest:
    """Write down a request. Raises Forbidden, NotFound, Invalid by field; NeedsConfirmation where a partner asked already."""
    check_takes_part(actor, Permission.COMMITMENTS_EDIT)
    get_or_404(Institution, institution_id)
    if wrong := check_request(actor, draft):
        raise Invalid(_("The request was not kept yet."), **wrong)
    if confirmed is not None:
        ask_first(iter(_cautions(actor, institution_id, draft)), confirmed)
    assert draft.sent_on is not None
    owner = find_colleague(actor, draft.owner_user_id)
    made = InformationRequest(
        institution_id=institution_id,
        ask_id=draft.ask_id,
        title=draft.line,
        wording=draft.wording.strip(),
        sent_on=draft.sent_on,
        due_on=add_working_days(draft.sent_on),
        reference=draft.reference.strip(),
        state=RequestState.SENT,
        owner_label=owner.name if owner else actor.author_label,
        **authorship(actor),
    )
    db.session.add(made)
    db.session.flush()
    db.session.add(
        RequestOwn(
            request_id=made.id,
            owner_user_id=owner.user_id if owner else actor.user_id,
            unit_id=actor.unit_id,
        )
    )
    _note(actor, made, RequestDeed.SENT, draft.sent_on)
    audit.record(actor, "request.made", "information_request", made.id)
    return made


def check_request(actor: Actor, draft: RequestDraft) -> dict[str, str]:
    """Reasons by field why it can't be kept like this; empty where it can."""
    wrong: dict[str, str] = {}
    for field, text, most in (
        ("title", draft.line, TITLE_LENGTH),
        ("wording", draft.wording.strip(), WORDING_LENGTH),
    ):
        if not text:
            wrong[field] = _("Write what you ask for.")
        elif len(text) > most:
            wrong[field] = _("Keep it under %(most)d characters.", most=most)
    if len(draft.reference.strip()) > REFERENCE_LENGTH:
        wrong["reference"] = _("Keep it under %(most)d characters.", most=REFERENCE_LENGTH)
    if draft.ask_id is not None and (reason := check_asks(actor, [draft.ask_id])):
        wrong["ask_id"] = reason
    if draft.owner_user_id is not None and find_colleague(actor, draft.owner_user_id) is None:
        wrong["owner_user_id"] = _("Choose someone of your organisation who logs contacts.")
    if draft.sent_on is None or not EARLIEST <= draft.sent_on <= today():
        wrong["sent_on"] = _("Choose the day on which it went out, between 2000 and today.")
    return wrong


def move_request(
    actor: Actor, request_id: UUID, state: str, reply: ReplyDraft, *, confirmed: Collection[str] | None = ()
) -> InformationRequest:
    """Take another state; the same one again changes nothing.

    A review begins another 20 working days, as the code of practice under s. 45 of the 2000 Act has it. Raises NotFound, Forbidden,
    Invalid by field, NeedsConfirmation, and Conflict where no step leads there.
    """
    actor.check(Permission.COMMITMENTS_EDIT)
    found = get_own_request(actor, request_id)
    if state not in list(RequestState):
        raise Invalid(_("Choose what became of it."), state=_("Choose what became of it."))
    if found.state == state:
        return found
    if not may_become(found.state, state):
        raise Conflict(_("The request has moved on since. Look at it again."))
    if wrong := check_reply(found, state, reply):
        raise Invalid(_("This was not kept yet."), **wrong)
    if confirmed is not None:
        ask_first(text_cautions("words", reply.line, shared=True), confirmed)
    assert reply.on is not None
    before = found.snapshot()
    if state in REPLIES:
        found.answer, found.answer_url = reply.line, reply.url or None
        found.exemption = reply.exemption.strip()
    found.reference = reply.reference.strip() or found.reference
    due_on = add_working_days(reply.on) if state == RequestState.REVIEW else None
    found.move(RequestState(state), due_on)
    _note(actor, found, RequestDeed.MOVED, reply.on, reply.line, before)
    audit.record(actor, "request.moved", "information_request", found.id, state=state)
    return found


def check_reply(found: InformationRequest, state: str, reply: ReplyDraft) -> dict[str, str]:
    """Reasons by field why this can't be kept of the request; empty where it can."""
    wrong: dict[str, str] = {}
    if reply.on is None or not found.sent_on <= reply.on <= today():
        wrong["on"] = _("Choose a day since the request went out, not after today.")
    answered = state in (RequestState.ANSWERED, RequestState.PARTLY_ANSWERED)
    if answered and not (reply.line or reply.url):
        wrong["words"] = _("Say in a line what they answered, or where it can be read.")
    if len(reply.line) > ANSWER_LENGTH:
        wrong["words"] = _("Keep it under %(most)d characters.", most=ANSWER_LENGTH)
    for field, text, most in (
        ("exemption", reply.exemption.strip(), EXEMPTION_LENGTH),
        ("reference", reply.reference.strip(), REFERENCE_LENGTH),
    ):
        if len(text) > most:
            wrong[field] = _("Keep it under %(most)d characters.", most=most)
    if reply.url and not is_web_address(reply.url):
        wrong["url"] = _("Write the whole address, with https://")
    return wrong


def chase_request(actor: Actor, request_id: UUID) -> bool:
    """Note that they were reminded today; returns whether that is new. Raises NotFound, Forbidden, Conflict."""
    actor.check(Permission.COMMITMENTS_EDIT)
    found = get_own_request(actor, request_id)
    if found.state not in WAITING:
        raise Conflict(_("Nothing is waited for here."))
    before = found.snapshot()
    if not found.chase(today()):
        return False
    _note(actor, found, RequestDeed.CHASED, today(), before=before)
    audit.record(actor, "request.chased", "information_request", found.id)
    return True


def undo_request_change(actor: Actor, request_id: UUID, event_id: UUID) -> bool:
    """Put back what stood before the last change; returns whether that is new.

    Raises NotFound, Forbidden, and Conflict where something has changed since.
    """
    actor.check(Permission.COMMITMENTS_EDIT)
    found = get_own_request(actor, request_id)
    before = put_back_last(found, list_events(request_id), event_id)
    if before is None:
        return False
    _note(actor, found, RequestDeed.UNDONE, today(), before=before)
    audit.record(actor, "request.undone", "information_request", found.id, state=found.state)
    return True


def _cautions(actor: Actor, institution_id: UUID, draft: RequestDraft) -> list[Caution]:
    asked = list_same_requests(actor, institution_id, draft.ask_id)
    found = [
        Caution(
            "already",
            "ask_id",
            _(
                "%(name)s has asked them already: “%(title)s”. A second request can be refused as repeated.",
                name=one.organisation.short_name,
                title=one.title,
            ),
            caution_key("already", str(one.id)),
        )
        for one in asked[:1]
    ]
    found += text_cautions("title", draft.line, shared=True)
    return found


def _note(
    actor: Actor,
    found: InformationRequest,
    deed: RequestDeed,
    on: date,
    words: str = "",
    before: Snapshot | None = None,
) -> RequestEvent:
    event = RequestEvent(
        request_id=found.id,
        deed=deed,
        state=found.state,
        happened_on=on,
        words=words,
        before=before,
        **authorship(actor),
    )
    db.session.add(event)
    db.session.flush()
    return event
