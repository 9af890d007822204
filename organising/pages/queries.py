"""What the first page of the day and the campaign's public page bring together from the domains."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from ..actions.queries import ActionsToday
from ..actions.queries import today_items as actions_today
from ..actions.queries.approvers import select_delegations
from ..letters.queries import OpenPage, list_open_pages
from ..lobbying.models import Notice
from ..lobbying.queries import TodayItems
from ..lobbying.queries import today_items as lobbying_today
from ..lobbying.queries.due_commitments import select_overdue
from ..lobbying.queries.notices import count_lines, list_notices
from ..lobbying.queries.subjects import subject_place
from ..mailings.models import Mailing
from ..mailings.queries.incoming import select_triage, select_unanswered
from ..mailings.services.decisions import list_ready_to_send, list_waiting_for
from ..motions.queries.named import count_named_by_forum
from ..organisations.models import Ask, Campaign, CampaignMember, CoalitionStatus, Organisation
from ..platform.actor import Actor
from ..platform.clock import LONDON
from ..platform.db import db
from ..platform.few import count_together
from ..platform.permissions import Permission
from ..pledges.models import PledgeDrive
from ..pledges.queries import PublishedTally, list_drives, read_tally
from ..pledges.queries.paper import PaperToday, count_for_today
from ..pledges.queries.sign_ons import SignOnToday, list_sign_ons_today
from ..statements.queries import has_published
from .news import Deed, select_news_counts
from .waiting import Part, list_parts, select_counts

MOST_DEEDS = 8


@dataclass(frozen=True)
class PledgeToday:
    """The campaign's first drive with the tally that this partner may see."""

    drive: PledgeDrive
    tally: PublishedTally


@dataclass(frozen=True)
class Today:
    """A member's day: what waits for them, what partners did, where the pledge stands."""

    lobbying: TodayItems
    # Of the organisation's promises, as their list has them: also what rests while a chamber is in recess.
    overdue: int
    actions: ActionsToday
    mailings: Sequence[Mailing]
    to_send: Sequence[Mailing]
    replies: int
    unanswered: int
    pledge: PledgeToday | None
    notices: Sequence[Notice] = ()
    notice_lines: int = 0
    paper: PaperToday = field(default_factory=PaperToday)
    sign_ons: Sequence[SignOnToday] = ()
    parts: Sequence[Part] = ()
    # What partners did since this person last looked.
    partners: int = 0

    @property
    def waits(self) -> int:
        """How many things wait for this person, those that the page leaves to its lists included."""
        return (
            self.lobbying.waiting
            + len(self.actions.to_mend)
            + len(self.actions.to_confirm)
            + self.actions.to_report.total
            + self.actions.to_approve.total
            + self.actions.to_check.total
            + self.actions.to_answer.total
            + len(self.mailings)
            + len(self.to_send)
            + self.replies
            + self.unanswered
            + self.notice_lines
            + self.paper.to_check
            + self.paper.returned
            + len(self.sign_ons)
            + sum(line.number for part in self.parts for line in part.lines)
        )

    @property
    def deeds(self) -> list[Deed]:
        """What partners did, the latest first."""
        contacts = [
            Deed(
                e.happened_on, e.subject_name, f"{e.organisation.short_name}: {e.headline}",
                *subject_place(e),
            )
            for e in self.lobbying.engagements
        ]  # fmt: skip
        outcomes = [
            Deed(
                a.reported_at.astimezone(LONDON).date(),
                a.title,
                ", ".join(filter(None, (a.organisation.short_name, a.unit_label))),
                "actions.show",
                {"action_id": a.id},
            )
            for a in self.actions.of_partners
            if a.reported_at is not None
        ]
        return sorted(contacts + outcomes, key=lambda deed: deed.at, reverse=True)[:MOST_DEEDS]


def get_today(actor: Actor) -> Today:
    """The day of one person, in about sixteen statements."""
    notices = list_notices(actor)
    triages = actor.can(Permission.REPLIES_TRIAGE)
    all_there = notices.total == len(notices)
    partners = select_news_counts(actor)
    replies = {"replies": select_triage(), "unanswered": select_unanswered()} if triages else {}
    others = {"promises_overdue": select_overdue(actor), "delegated": select_delegations(actor)}
    counts = count_together(select_counts(actor), partners, replies, others)
    approves = actor.can(Permission.ACTIONS_APPROVE) or bool(counts["delegated"])
    return Today(
        lobbying=lobbying_today(actor),
        overdue=counts["promises_overdue"],
        actions=actions_today(actor, approves=approves),
        mailings=list_waiting_for(actor),
        to_send=list_ready_to_send(actor),
        replies=counts.get("replies", 0),
        unanswered=counts.get("unanswered", 0),
        pledge=_pledge(actor),
        notices=notices,
        notice_lines=len({notice.words for notice in notices}) if all_there else count_lines(actor),
        paper=count_for_today(actor),
        sign_ons=list_sign_ons_today(actor),
        parts=list_parts(actor, counts),
        partners=sum(counts[kind] for kind in partners),
    )


def _pledge(actor: Actor) -> PledgeToday | None:
    drives = list_drives(actor.campaign_id)
    if not drives:
        return None
    return PledgeToday(drives[0], read_tally(drives[0].id, "coalition"))


@dataclass(frozen=True)
class PublishedCampaign:
    """What anyone may read: the asks, the signatories (members and lead only), an open drive's address, the pages
    on which one can write to one's MP, and whether a statement is released.
    """

    asks: Sequence[Ask]
    signatories: Sequence[str]
    drive_slug: str | None
    letters: Sequence[OpenPage]
    has_statements: bool
    # Bodies that are named as having carried a motion.
    carried: int = 0


def find_published_campaign() -> PublishedCampaign | None:
    """The published side of the first campaign, or ``None`` before any was founded."""
    campaign_id = db.session.scalar(select(Campaign.id).order_by(Campaign.created_at).limit(1))
    if campaign_id is None:
        return None
    signatories = (
        select(Organisation.name)
        .join(CampaignMember, CampaignMember.organisation_id == Organisation.id)
        .where(
            CampaignMember.campaign_id == campaign_id,
            CampaignMember.coalition_status.in_([CoalitionStatus.MEMBER, CoalitionStatus.LEAD]),
        )
        .order_by(Organisation.name)
    )
    return PublishedCampaign(
        asks=db.session.scalars(select(Ask).where(Ask.campaign_id == campaign_id).order_by(Ask.place)).all(),
        signatories=db.session.scalars(signatories).all(),
        drive_slug=next((drive.slug for drive in list_drives(campaign_id) if drive.status == "open"), None),
        letters=list_open_pages(campaign_id),
        has_statements=has_published(),
        carried=sum(count_named_by_forum(campaign_id).values()),
    )
