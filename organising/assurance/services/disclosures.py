"""Requests by authorities: written down as refused; answered only after two people said that this one has to be."""

import re
from datetime import date
from uuid import UUID

from flask_babel import gettext as _

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.clock import now, today
from ...platform.db import db, get_or_404
from ...platform.errors import Conflict, Forbidden, Invalid
from ...platform.permissions import Permission
from ..models import DisclosureRequest, DisclosureState
from ..words import BASES, COMPELS

# More than one person in a field for one; a Hall or a Marshall is one.
SEVERAL = re.compile(r"[;&\n]| and | or |everybody|everyone|\ball\b", re.IGNORECASE)


def log_request(
    actor: Actor, *, authority: str, basis: str, received_on: date, subject: str, asked: str
) -> DisclosureRequest:
    """Write a request down, refused. Raises :class:`Invalid` by field: one named person a request."""
    actor.check(Permission.DISCLOSURES_DECIDE)
    wrong = {}
    if SEVERAL.search(subject):
        wrong["subject"] = _("One named person a request. A request about several is refused as a whole.")
    if received_on > today():
        wrong["received_on"] = _("That day is still to come.")
    if basis not in BASES:
        wrong["basis"] = _("Choose what the request rests on.")
    if wrong:
        raise Invalid(_("It was not kept yet."), **wrong)
    assert actor.user_id is not None
    row = DisclosureRequest(
        organisation_id=actor.organisation_id,
        authority=authority,
        basis=basis,
        received_on=received_on,
        user_id=actor.user_id,
    )
    row.subject, row.asked = subject, asked
    db.session.add(row)
    db.session.flush()
    record(actor, "disclosure.refused", "disclosure_request", row.id, basis=basis)
    return row


def approve(actor: Actor, request_id: UUID, reason: str) -> DisclosureRequest:
    """Say that this one has to be answered. Two people say it, neither of whom wrote it down.

    Raises :class:`Forbidden` for the same person twice, :class:`Conflict` where the law compels nothing.
    """
    row = _open(actor, request_id)
    if row.basis not in COMPELS:
        raise Conflict(_("The law compels nobody to answer this. It stays refused."))
    if row.state not in (DisclosureState.REFUSED, DisclosureState.REOPENED):
        raise Conflict(_("This can’t be done as the request stands now."))
    if actor.user_id in (row.user_id, row.first_approver):
        raise Forbidden(
            "Two different people have to say that this has to be answered, and neither may have written it down."
        )
    if not reason.strip():
        raise Invalid(_("Say why the law compels an answer."), reason=_("Say why the law compels an answer."))
    if row.state == DisclosureState.REFUSED:
        row.state, row.first_approver, row.first_approved_at = DisclosureState.REOPENED, actor.user_id, now()
        row.reason = reason.strip()
    else:
        row.state, row.second_approver, row.second_approved_at = (
            DisclosureState.APPROVED,
            actor.user_id,
            now(),
        )
        row.reason = f"{row.reason}\n\n{reason.strip()}"
    record(actor, f"disclosure.{row.state}", "disclosure_request", row.id)
    return row


def note_answer(actor: Actor, request_id: UUID, answer: str) -> DisclosureRequest:
    """Write down what was given. Raises :class:`Conflict` unless two people approved it."""
    row = _open(actor, request_id)
    if row.state != DisclosureState.APPROVED:
        raise Conflict(_("Nothing may be given: two people have to say first that this has to be answered."))
    if not answer.strip():
        raise Invalid(_("Write down what was given."), answer=_("Write down what was given."))
    row.state, row.answered_at, row.answer = DisclosureState.ANSWERED, now(), answer.strip()
    record(actor, "disclosure.answered", "disclosure_request", row.id)
    return row


def refuse(actor: Actor, request_id: UUID, *, withdrawn: bool = False) -> bool:
    """Refuse it again, or note that the authority withdrew it; returns whether that changed anything."""
    row = _open(actor, request_id)
    state = DisclosureState.WITHDRAWN if withdrawn else DisclosureState.REFUSED
    changed = row.refuse(state)
    if changed:
        record(actor, f"disclosure.{state}", "disclosure_request", row.id)
    return changed


def _open(actor: Actor, request_id: UUID) -> DisclosureRequest:
    actor.check(Permission.DISCLOSURES_DECIDE)
    row = get_or_404(DisclosureRequest, request_id)
    db.session.refresh(row, with_for_update=True)
    return row
