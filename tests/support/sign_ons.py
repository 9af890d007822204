"""Organisations that sign, for tests: who asks, who approves, what the public reads."""

import re
from html import unescape
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select, update

from organising.organisations.models import CampaignMember
from organising.platform.actor import Actor
from organising.platform.tenancy import Context, use_context
from organising.pledges.models import PledgeDrive, PledgeSignOn
from organising.pledges.queries import list_wordings
from organising.pledges.queries.sign_ons import get_own_sign_on
from organising.pledges.services import sign_ons as services
from organising.pledges.services.drives import DriveDetails, edit_drive
from tests.support.pledges import PAGE
from tests.support.world import World

LIST = f"{PAGE}/organisations"


class Signing:
    """A drive that organisations sign; ``asker`` and ``approver`` are two people of each."""

    def __init__(self, world: World, drive_id: UUID) -> None:
        self.world, self.drive_id = world, drive_id
        self.people: dict[str, tuple[Actor, Actor]] = {}

    def pair(self, slug: str) -> tuple[Actor, Actor]:
        if slug not in self.people:
            self.people[slug] = (self.world.user(slug, "organiser"), self.world.user(slug, "admin"))
        return self.people[slug]

    def ask(self, slug: str, name: str = "", note: str = "", by: Actor | None = None) -> UUID:
        asker = by or self.pair(slug)[0]
        with self.world.context(slug, asker) as session:
            drive = session.get_one(PledgeDrive, self.drive_id)
            wording = list_wordings(drive)[0]
            given = services.SignOnGiven(
                name or slug.title(), wording.version, services.text_hash(wording), note=note
            )
            sign_on_id = services.ask_to_sign(asker, drive, given).id
            session.commit()
        return sign_on_id

    def approve(self, slug: str, sign_on_id: UUID, answer: str = "", by: Actor | None = None) -> bool:
        approver = by or self.pair(slug)[1]
        with self.world.context(slug, approver) as session:
            digest = session.get_one(PledgeSignOn, sign_on_id).wording_hash
            changed = services.approve(approver, sign_on_id, digest, answer)
            session.commit()
        return changed

    def sign(self, slug: str, name: str = "") -> UUID:
        sign_on_id = self.ask(slug, name)
        self.approve(slug, sign_on_id)
        return sign_on_id

    def press(self, slug: str, verb: str, sign_on_id: UUID) -> bool:
        actor = self.pair(slug)[1]
        with self.world.context(slug, actor) as session:
            changed: bool = getattr(services, verb)(actor, sign_on_id)
            session.commit()
        return changed

    def state(self, slug: str) -> str:
        with self.world.context(slug) as session:
            drive = session.get_one(PledgeDrive, self.drive_id)
            return str(get_own_sign_on(self.pair(slug)[0], drive).state)

    def reword(self, wording: str) -> None:
        coordinator = self.world.user("liberty", "coordinator")
        with self.world.context("liberty", coordinator) as session:
            drive = session.get_one(PledgeDrive, self.drive_id)
            details = DriveDetails(drive.slug, drive.title, drive.standfirst, wording, drive.goal)
            assert edit_drive(coordinator, drive, details)
            session.commit()

    def set_status(self, slug: str, status: str) -> None:
        set_status(self.world, slug, status)


def set_status(world: World, slug: str, status: str) -> None:
    """A partner's standing in the coalition, as the coordinator's page sets it."""
    with world.app.app_context(), use_context(Context(purpose="coalition")) as session:
        session.execute(
            update(CampaignMember)
            .where(
                CampaignMember.campaign_id == world.campaign,
                CampaignMember.organisation_id == world.organisation(slug),
            )
            .values(coalition_status=status)
            .execution_options(synchronize_session=False)
        )
        session.commit()


def published(client: FlaskClient, path: str = LIST) -> tuple[int, list[str]]:
    """What the public's own list says: its count in words, and the names in order."""
    page = client.get(path)
    assert page.status_code == 200
    names = [unescape(name) for name in re.findall(r'<strong lang="en-GB">([^<]*)</strong>', page.text)]
    told = re.search(r'<p class="lead">(\d+) organisation', page.text)
    return int(told[1]) if told else 0, names


def rows_of(world: World, slug: str, drive_id: UUID) -> list[PledgeSignOn]:
    """All rows that a session of this organisation reads of a drive."""
    with world.context(slug) as session:
        return list(session.scalars(select(PledgeSignOn).where(PledgeSignOn.drive_id == drive_id)))
