"""Background work on actions."""

from functools import partial
from uuid import UUID

from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.queue import each_organisation, job, periodic, ring_in_each
from organising.platform.retention import carry_out
from organising.platform.tenancy import Context, use_context

from .queries.chases import list_due_chases
from .services import chasing, finish_past_actions, joining_news
from .services.joining import TELL
from .services.keeping import RETENTION

CHASE = "organising.actions.jobs.chase_report"


@periodic(every_seconds=600)
def finish_past() -> None:
    """Mark agreed actions whose time is over as done, organisation by organisation."""
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)):
            finish_past_actions(Actor.system(organisation_id))
            db.session.commit()


@periodic(every_seconds=600)
def chase_reports() -> None:
    """Ask about actions that have been over for two days; ring for every question that is due and was not sent."""
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)):
            if chasing.begin_chases(Actor.system(organisation_id)):
                db.session.commit()
    ring_in_each(
        CHASE, purpose="chase_report", queue="mail", find=lambda _organisation_id: list_due_chases(now())
    )


@job(purpose="chase_report")
def chase_report(_actor: Actor, row_id: UUID) -> None:
    """Mail one question, unless it was sent or answered. ``row_id``: the question."""
    chasing.send_chase(row_id)


@job(purpose="tell_of_joining")
def tell_joining(actor: Actor, row_id: UUID) -> None:
    """Write to whom a partner's decision on joining forces concerns. ``row_id``: the decision."""
    joining_news.tell_of_joining(actor, row_id)


@periodic(every_seconds=300)
def sweep_joinings() -> None:
    """Ring for partners' decisions of which somebody is still to be told."""
    ring_in_each(
        TELL,
        purpose="tell_of_joining",
        queue="mail",
        find=lambda organisation_id: joining_news.list_untold(Actor.system(organisation_id)),
    )


@periodic(every_seconds=3600)
def sweep_retention() -> None:
    """Delete photographs that were taken out a fortnight ago and names at actions long over, unless they are held."""
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)):
            for rule, act in RETENTION.items():
                carry_out(rule, partial(act, now()))
            db.session.commit()
