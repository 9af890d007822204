"""What one person's daily digest tells: what is due, what partners left for them, what waits for an answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from organising.accounts.models import User
from organising.lobbying.models import DigestSetting, InformationRequest, Notice
from organising.lobbying.queries.acts import count_proposals
from organising.lobbying.queries.commitments import CommitmentRow
from organising.lobbying.queries.due_commitments import list_due_commitments
from organising.lobbying.queries.follow_ups import FollowUpRow, list_follow_ups
from organising.lobbying.queries.notices import list_notices
from organising.lobbying.queries.requests import list_due_requests
from organising.organisations.models import Membership
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.few import count_together
from organising.platform.permissions import GRANTS, Permission, Role
from organising.tasks import queries as tasks

MOST = 15


@dataclass(frozen=True)
class DigestPart:
    """What a later domain has to say: a title, lines, the page they lead to. ``is_new``: since yesterday's digest."""

    title: str
    lines: Sequence[str]
    endpoint: str
    is_new: bool


_collecting: dict[str, Callable[[Actor, date], DigestPart | None]] = {}


def register_digest_part(name: str, collect: Callable[[Actor, date], DigestPart | None]) -> None:
    """Have ``collect(actor, on)`` asked for every digest; said again, the later one counts."""
    _collecting[name] = collect


@dataclass(frozen=True)
class Digest:
    """A person's day as a message tells it. Whose words are private stays out of it: mail is read by others."""

    on: date
    follow_ups: Sequence[FollowUpRow]
    promises: Sequence[CommitmentRow]
    requests: Sequence[InformationRequest]
    notices: Sequence[Notice]
    matches: int
    tasks_due: int
    task_due_today: bool
    task_news: int
    parts: Sequence[DigestPart] = ()

    @property
    def is_empty(self) -> bool:
        listed = self.follow_ups or self.promises or self.requests or self.notices or self.matches
        return not (listed or self.tasks_due or self.task_news or self.parts)

    @property
    def is_due(self) -> bool:
        """Whether there is a reason to write today: something new for this day, or on a Monday anything at all.

        What was due long ago is not repeated every morning.
        """
        if self.is_empty:
            return False
        new = any(row.follow_up.due_on == self.on for row in self.follow_ups)
        new = new or any(row.commitment.due_on == self.on for row in self.promises)
        new = new or any(one.due_on == self.on for one in self.requests)
        new = new or self.task_due_today or bool(self.task_news) or any(part.is_new for part in self.parts)
        return new or bool(self.notices) or self.on.weekday() == 0


@dataclass(frozen=True)
class DigestReader:
    """A member who may get a digest; ``sent_for`` is the last day for which they did."""

    actor: Actor
    email: str
    stopped: bool
    sent_for: date | None


def collect_digest(actor: Actor, on: date) -> Digest:
    """What is due for this person by that day. The session speaks for them."""
    counts = count_together(
        {
            "due": tasks.select_due(actor, on),
            "before": tasks.select_due(actor, on - timedelta(days=1)),
            "news": tasks.select_unseen(actor),
        }
    )
    return Digest(
        on=on,
        follow_ups=list_follow_ups(actor, due_by=on, limit=MOST),
        promises=list_due_commitments(actor, due_by=on, mine=True, on=on, limit=MOST),
        requests=list_due_requests(actor, due_by=on, limit=MOST),
        notices=list_notices(actor, limit=MOST),
        matches=count_proposals(actor) if actor.can(Permission.COMMITMENTS_EDIT) else 0,
        tasks_due=counts["due"],
        task_due_today=counts["due"] > counts["before"],
        task_news=counts["news"],
        parts=[part for collect in _collecting.values() if (part := collect(actor, on)) is not None],
    )


def list_digest_readers(
    organisation_id: UUID, organisation_name: str, campaign_id: UUID | None, *, user_id: UUID | None = None
) -> list[DigestReader]:
    """The organisation's people who log contacts, or one of them, with what they chose."""
    statement = (
        select(Membership, User, DigestSetting)
        .join(User, User.id == Membership.user_id)
        .outerjoin(
            DigestSetting,
            (DigestSetting.organisation_id == Membership.organisation_id)
            & (DigestSetting.user_id == Membership.user_id),
        )
        .where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))
        .order_by(Membership.id)
    )
    if user_id is not None:
        statement = statement.where(Membership.user_id == user_id)
    readers = []
    for membership, user, setting in db.session.execute(statement):
        role = Role(membership.role)
        if Permission.ENGAGEMENTS_LOG not in GRANTS[role] or not user.email:
            continue
        actor = Actor(
            user_id=user.id,
            display_name=user.display_name,
            organisation_id=organisation_id,
            organisation_name=organisation_name,
            role=role,
            unit_id=membership.unit_id,
            subtree_id=membership.subtree_id,
            campaign_id=campaign_id,
        )
        stopped = setting is not None and setting.stopped_at is not None
        readers.append(DigestReader(actor, user.email, stopped, setting.sent_for if setting else None))
    return readers


def find_digest_setting(organisation_id: UUID, user_id: UUID | None) -> DigestSetting | None:
    """What a person chose about their digest in one organisation."""
    return db.session.scalar(
        select(DigestSetting).where(
            DigestSetting.organisation_id == organisation_id, DigestSetting.user_id == user_id
        )
    )
