"""The clock's part: release what is due, tell partners what they are asked, and remind them of a deadline."""

from datetime import date
from functools import partial
from uuid import UUID

from organising.organisations.queries import list_people
from organising.organisations.stopped_mail import that_want
from organising.platform.actor import Actor
from organising.platform.clock import day_of_reminders, now
from organising.platform.db import find
from organising.platform.message import OutgoingMail
from organising.platform.notices import Notice, tell
from organising.platform.queue import job, periodic, ring_in_each
from organising.statements.models import Statement, StatementNotice
from organising.statements.queries import find_void_sign_off, list_due, list_told_of, list_waiting
from organising.statements.services import steps
from organising.statements.services.reminding import (
    MAIL,
    compose_reminder,
    compose_request,
    is_due,
    is_told,
    stamp_of,
    stamp_of_day,
)

COME_DUE = "organising.statements.jobs.come_due"
REMIND = "organising.statements.jobs.remind"


@periodic(every_seconds=15)
def release_due() -> None:
    """Ring for every statement whose embargo has passed."""
    ring_in_each(COME_DUE, purpose="statement_due", queue="urgent", find=list_due)


@job(purpose="statement_due")
def come_due(actor: Actor, row_id: UUID) -> None:
    """Release one whose embargo has passed; before its time, and the second time, nothing happens."""
    steps.come_due(actor, row_id)


@periodic(every_seconds=300)
def sweep_questions() -> None:
    """Ring for what somebody is still to be told."""
    ring_in_each(steps.TELL, purpose="tell_of_statement", queue="mail", find=_list_untold)


@job(purpose="tell_of_statement")
def tell_asked(actor: Actor, row_id: UUID) -> None:
    """Write to those who answer for this organisation. ``row_id``: the statement."""
    statement = find(Statement, row_id)
    if statement is None or row_id not in {one.id for one in list_told_of(actor.organisation_id)}:
        return
    stamp = stamp_of(statement)
    is_anew = find_void_sign_off(actor, statement) is not None
    letters = [
        (person.user_id, compose_request(person, email, statement, is_anew=is_anew))
        for person, email in _people(actor)
        if person.user_id is not None and not is_told(person.user_id, stamp)
    ]
    for user_id, mail in letters:
        _send(mail, actor.organisation_id, user_id, stamp)


@periodic(every_seconds=600)
def sweep_reminders() -> None:
    """By day, ring for everybody who has not had the day's reminder."""
    day = day_of_reminders(now())
    if day is not None:
        ring_in_each(
            REMIND, purpose="remind_of_statement", queue="mail", find=partial(_list_unreminded, day=day)
        )


@job(purpose="remind_of_statement")
def remind(actor: Actor, row_id: UUID) -> None:
    """One mail to one person with all that is due that day. ``row_id``: the person."""
    day = day_of_reminders(now())
    if day is None:
        return
    due = [one for one in list_waiting(actor.organisation_id) if is_due(one, day)]
    person, email = next((one for one in _people(actor) if one[0].user_id == row_id), (None, ""))
    if not due or person is None or is_told(row_id, stamp_of_day(day)):
        return
    _send(compose_reminder(person, email, due), actor.organisation_id, row_id, stamp_of_day(day))


def _people(actor: Actor) -> list[tuple[Actor, str]]:
    """Who answers for this organisation and did not stop such mail."""
    people = list_people(
        actor.organisation_id,
        MAIL.permission,
        organisation_name=actor.organisation_name,
        campaign_id=actor.campaign_id,
    )
    return that_want(MAIL, people)


def _send(mail: OutgoingMail, organisation_id: UUID, user_id: UUID, stamp: str) -> None:
    notice = Notice(StatementNotice, organisation_id=organisation_id, user_id=user_id, stamp=stamp)
    tell(mail, notice, what="statement_notice")


def _list_untold(organisation_id: UUID) -> list[UUID]:
    people = _people(Actor.system(organisation_id))
    return [
        one.id
        for one in list_told_of(organisation_id)
        if any(person.user_id and not is_told(person.user_id, stamp_of(one)) for person, _ in people)
    ]


def _list_unreminded(organisation_id: UUID, day: date) -> list[UUID]:
    if not any(is_due(one, day) for one in list_waiting(organisation_id)):
        return []
    return [
        person.user_id
        for person, _ in _people(Actor.system(organisation_id))
        if person.user_id is not None and not is_told(person.user_id, stamp_of_day(day))
    ]
