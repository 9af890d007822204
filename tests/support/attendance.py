"""Taking part, for tests: an approved public action, and somebody with a browser and a mailbox who signs up."""

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from organising.actions import services
from organising.actions.models import BranchAction
from organising.actions.services import Plan
from organising.attendance.forms.public import SignUpForm
from organising.attendance.jobs import plan_mails, sweep_mails
from organising.platform.actor import Actor
from organising.platform.clock import LONDON, now, today
from organising.platform.db import db
from tests.support.mail import Sink
from tests.support.world import World

TITLE = "Whose data is it? A public meeting"


def approved(
    world: World,
    slug: str = "neu",
    *,
    author: Actor | None = None,
    days: int = 10,
    is_public: bool = True,
    capacity: int | None = None,
    kind: str = "public_meeting",
    title: str = TITLE,
    approve: bool = True,
    **headline: Any,
) -> UUID:
    """A public action, planned by one person and approved by another; its id."""
    author, admin = author or world.user(slug, "organiser"), world.user(slug, "admin")
    starts_at = datetime.combine(today() + timedelta(days=days), datetime.min.time(), LONDON) + timedelta(
        hours=18
    )
    plan = Plan(
        kind=kind, title=title, area="Candlewick", starts_at=starts_at, ends_at=starts_at + timedelta(hours=2),
        is_public=is_public, **{"capacity": capacity, "place": "Old Library", **headline},
    )  # fmt: skip
    with world.context(slug, author) as session:
        action = services.plan_action(author, plan)
        services.submit_action(author, action.id, action.version)
        action_id, version = action.id, action.version
        session.commit()
    if approve:
        with world.context(slug, admin) as session:
            services.approve_action(admin, action_id, version)
            session.commit()
    return action_id


def changed(world: World, action_id: UUID, slug: str = "neu", **values: Any) -> None:
    """Put values into the headline behind the product's back: times above all."""
    with world.context(slug) as session:
        action = session.get_one(BranchAction, action_id)
        for name, value in values.items():
            setattr(action, name, value)
        session.commit()


def begins(world: World, action_id: UUID, hours: float, slug: str = "neu") -> None:
    """Have it begin in so many hours from now, and last two."""
    at = now() + timedelta(hours=hours)
    changed(world, action_id, slug, starts_at=at, ends_at=at + timedelta(hours=2))


def moved(world: World, action_id: UUID, by: timedelta, slug: str = "neu") -> None:
    """Move an action's time."""
    with world.context(slug) as session:
        action = session.get_one(BranchAction, action_id)
        action.starts_at, action.ends_at = action.starts_at + by, action.ends_at + by
        session.commit()


def called_off(world: World, action_id: UUID, slug: str = "neu", verb: str = "cancel_action") -> None:
    """Call it off (or restore it), as staff would."""
    admin = world.user(slug, "admin")
    with world.context(slug, admin) as session:
        version = session.get_one(BranchAction, action_id).version
        getattr(services, verb)(admin, action_id, version)
        session.commit()


class Visitor:
    """Somebody with a browser without cookies, and a mailbox."""

    def __init__(self, app: Flask, sink: Sink, run_jobs: Callable[[], None]) -> None:
        self.app, self.sink, self.run_jobs = app, sink, run_jobs
        self.client: FlaskClient = app.test_client(use_cookies=False)

    def fields(self, seconds: float = 60, **given: str) -> dict[str, str]:
        """What somebody fills in who has looked at the page for so many seconds; what is empty is left out."""
        with self.app.app_context():
            shown = SignUpForm.shown_token(time.time() - seconds)
        fields = {"name": "Esi Storyborn", "email": "esi@example.org", "agree": "y", "shown": shown} | given
        return {name: value for name, value in fields.items() if value}

    def post(self, action_id: UUID, *, seconds: float = 60, **given: str) -> TestResponse:
        """Press the button."""
        return self.client.post(f"/take-part/{action_id}", data=self.fields(seconds, **given))

    def sign_up(self, action_id: UUID, **given: str) -> str:
        """Sign up and wait for the mail; the path of its link."""
        response = self.post(action_id, **given)
        assert response.status_code == 303, response.text
        self.run_jobs()
        return self.link(given.get("email", "esi@example.org"))

    def going(self, action_id: UUID, **given: str) -> str:
        """Sign up and confirm; the path of the place."""
        link = self.sign_up(action_id, **given)
        self.confirm(link)
        return link

    def confirm(self, link: str) -> TestResponse:
        response = self.client.post(f"{link}/confirmation")
        assert response.status_code == 303
        return response

    def leave(self, link: str) -> TestResponse:
        response = self.client.post(f"{link}/withdrawal")
        assert response.status_code == 303
        return response

    def link(self, email: str = "esi@example.org") -> str:
        """The path of the link in the last mail to this address."""
        found = re.search(r"http://localhost(/my-place/\S+)", self.mails(email)[-1].get_content())
        assert found
        return found[1]

    def mails(self, email: str = "esi@example.org") -> list[Any]:
        """What this address was sent."""
        return list(self.sink.to(email))

    def subjects(self, email: str = "esi@example.org") -> list[str]:
        """The subjects of all but the confirmation."""
        found = [str(one["Subject"]) for one in self.mails(email)]
        return [one for one in found if "email address" not in one]

    def pass_time(self) -> None:
        """Plan and send what is due, twice, as sweeps do."""
        for _ in range(2):
            for sweep in (plan_mails, sweep_mails):
                with self.app.app_context():
                    sweep()
                    db.engine.dispose()
            self.run_jobs()
