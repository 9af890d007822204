"""Reading mailings, their audience, what was put on record about them and what became of each message."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import Select, and_, exists, func, or_, select

from organising.config import Settings
from organising.organisations.models import Ask, CampaignMember, CoalitionStatus, Organisation
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db, get_or_404
from organising.platform.errors import NotFound
from organising.platform.message import address_of, named_address
from organising.platform.tenancy import context_of
from organising.representatives.models import Area, OfficeHolding, OfficeKind, Person
from organising.representatives.queries import found_by, list_sitting, under_whip_of

from .merge import Field
from .models import Delivery, Mailing, MailingChoice, SignOff
from .states import BEFORE_SENDING, UNFINISHED, UNSETTLED, DeliveryState, MailingState


def get_mailing(mailing_id: UUID) -> Mailing:
    """A mailing of one's own, or one lent for sign-off; raises :class:`NotFound` alike for all others."""
    return get_or_404(Mailing, mailing_id)


def get_own(actor: Actor, mailing_id: UUID, *, lock: bool = False) -> Mailing:
    """A mailing of the actor's organisation, with ``lock`` until the transaction ends. Raises
    :class:`NotFound`.
    """
    statement = select(Mailing).where(
        Mailing.id == mailing_id, Mailing.organisation_id == actor.organisation_id
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    mailing = db.session.scalars(statement).one_or_none()
    if mailing is None:
        raise NotFound
    return mailing


def list_mailings(states: Collection[MailingState] = tuple(MailingState)) -> Select[Mailing]:
    """Mailings of one's own and those lent, in these states."""
    return select(Mailing).where(Mailing.state.in_(states))


def list_waiting_for(actor: Actor) -> Sequence[Mailing]:
    """Mailings on which this person could decide now, the longest waiting first."""
    statement = (
        select(Mailing)
        .where(
            Mailing.state == MailingState.IN_REVIEW,
            Mailing.review_organisation_id == actor.organisation_id,
            Mailing.last_editor_id.is_distinct_from(actor.user_id),
        )
        .order_by(Mailing.asked_at)
    )
    return db.session.scalars(statement).all()


def count_by_state(organisation_id: UUID) -> dict[str, int]:
    """How many mailings of one's own are in each state."""
    statement = select(Mailing.state, func.count().label("number")).where(
        Mailing.organisation_id == organisation_id
    )
    rows = db.session.execute(statement.group_by(Mailing.state))
    return {row.state: row.number for row in rows}


def lead_of(campaign_id: UUID) -> UUID | None:
    """The organisation that leads a campaign."""
    return db.session.scalar(
        select(CampaignMember.organisation_id)
        .where(
            CampaignMember.campaign_id == campaign_id, CampaignMember.coalition_status == CoalitionStatus.LEAD
        )
        .order_by(CampaignMember.created_at)
        .limit(1)
    )


def name_of(organisation_id: UUID | None) -> str:
    """An organisation's short name."""
    found = db.session.get(Organisation, organisation_id) if organisation_id else None
    return found.short_name if found else ""


def common_values(mailing: Mailing) -> dict[str, str | None]:
    """The merge values that are the same in every letter: frozen once sign-off was asked for."""
    if not mailing.is_draft:
        return dict(mailing.common)
    ask = db.session.get(Ask, mailing.ask_id) if mailing.ask_id else None
    organisation = db.session.get(Organisation, mailing.organisation_id)
    return {
        Field.ASK: ask.wording if ask else None,
        Field.ORGANISATION: organisation.name if organisation else None,
    }


def sender_of(mailing: Mailing) -> str:
    """The From of every message: the mailing's name, the installation's own address, so that it stays
    aligned.
    """
    settings: Settings = current_app.config["SETTINGS"]
    return named_address(mailing.sender_name, address_of(settings.mail_from))


def candidates(
    *,
    words: str = "",
    kind: str = OfficeKind.MP,
    party: str = "",
    region: str = "",
    without: UUID | None = None,
) -> Select[OfficeHolding]:
    """Sitting representatives by what was typed and chosen, by name; ``without`` leaves out a
    mailing's own.
    """
    statement = list_sitting(on=today(), kind=kind).where(found_by(words))
    if party:
        statement = statement.where(under_whip_of(party))
    if region:
        statement = statement.where(OfficeHolding.area_id.in_(select(Area.id).where(Area.region == region)))
    if without:
        chosen = select(MailingChoice.holding_id).where(MailingChoice.mailing_id == without)
        statement = statement.where(OfficeHolding.id.not_in(chosen))
    return statement


def count_candidates(found: Select[OfficeHolding]) -> int:
    """How many representatives :func:`candidates` found."""
    return db.session.scalar(select(func.count()).select_from(found.order_by(None).subquery())) or 0


def list_candidates(found: Select[OfficeHolding], *, most: int | None = None) -> Sequence[OfficeHolding]:
    """Those that :func:`candidates` found, the first ``most`` of them or all."""
    return db.session.scalars(found if most is None else found.limit(most)).all()


def count_choices(mailing_id: UUID) -> int:
    """How many are chosen, those who can't be reached included."""
    statement = select(func.count()).select_from(MailingChoice).where(MailingChoice.mailing_id == mailing_id)
    return db.session.scalar(statement) or 0


def list_sign_offs(mailing: Mailing) -> Sequence[SignOff]:
    """What was put on record about a mailing, oldest first; what this session's organisation may
    see of it.
    """
    statement = (
        select(SignOff)
        .where(SignOff.mailing_organisation_id == mailing.organisation_id, SignOff.mailing_id == mailing.id)
        .order_by(SignOff.created_at, SignOff.id)
    )
    return db.session.scalars(statement).all()


def count_deliveries(mailing: Mailing) -> dict[DeliveryState, int]:
    """Messages in each state; they always add up to the audience, those not yet written out included."""
    counts = dict.fromkeys(DeliveryState, 0)
    statement = (
        select(Delivery.state, func.count())
        .where(Delivery.organisation_id == mailing.organisation_id, Delivery.mailing_id == mailing.id)
        .group_by(Delivery.state)
    )
    for state, number in db.session.execute(statement):
        counts[DeliveryState(state)] = number
    waiting = max(0, (mailing.audience_count or 0) - sum(counts.values()))
    counts[DeliveryState.CANCELLED if mailing.state == MailingState.CANCELLED else DeliveryState.QUEUED] += (
        waiting
    )
    return counts


def count_domains(mailing: Mailing) -> dict[str, int]:
    """How many of a frozen audience have their address at each mail domain."""
    domain = func.lower(func.split_part(MailingChoice.address, "@", -1))
    statement = (
        select(domain.label("name"), func.count().label("number"))
        .where(
            MailingChoice.organisation_id == mailing.organisation_id,
            MailingChoice.mailing_id == mailing.id,
            MailingChoice.left_out.is_(None),
        )
        .group_by(domain)
    )
    return {row.name: row.number for row in db.session.execute(statement)}


def count_refusals(mailing: Mailing) -> int:
    """How many messages the receiving side refused for good."""
    statement = select(func.count()).where(
        Delivery.organisation_id == mailing.organisation_id,
        Delivery.mailing_id == mailing.id,
        Delivery.state == DeliveryState.FAILED,
        Delivery.last_code >= 500,
    )
    return db.session.scalar(statement) or 0


def list_deliveries(mailing_id: UUID, states: Collection[str] = ()) -> Select[Delivery]:
    """A mailing's messages, in these states or in any."""
    statement = select(Delivery).where(Delivery.mailing_id == mailing_id)
    return statement.where(Delivery.state.in_(list(states))) if states else statement


def list_unsettled(mailing_id: UUID, *, most: int) -> Sequence[Delivery]:
    """The first messages whose answer was lost, in the order of the audience."""
    statement = list_deliveries(mailing_id, UNSETTLED).order_by(Delivery.place).limit(most)
    return db.session.scalars(statement).all()


def list_absent(mailing_id: UUID) -> Sequence[UUID]:
    """Ids of the unsettled messages that the relay's complete log shows not to have arrived."""
    statement = select(Delivery.id).where(
        Delivery.mailing_id == mailing_id, Delivery.state.in_(UNSETTLED), Delivery.absence.is_not(None)
    )
    return db.session.scalars(statement).all()


def has_unsettled(mailing_id: UUID) -> bool:
    """Whether any message still has to be settled."""
    left = db.session.scalar(list_deliveries(mailing_id, UNSETTLED).with_only_columns(Delivery.id).limit(1))
    return left is not None


def names_of(holding_ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of those who hold these offices."""
    statement = (
        select(OfficeHolding.id, Person.name)
        .join(Person, Person.id == OfficeHolding.person_id)
        .where(OfficeHolding.id.in_(holding_ids))
    )
    return {row.id: row.name for row in db.session.execute(statement)}


def list_to_look_at() -> Sequence[Any]:
    """Ids and states of own mailings that the sweep must look at: under review, being sent, or with
    leftovers.
    """
    looked_at = [*BEFORE_SENDING, MailingState.SENDING, MailingState.PAUSED, MailingState.SENT]
    leftover = exists().where(
        Delivery.organisation_id == Mailing.organisation_id,
        Delivery.mailing_id == Mailing.id,
        Delivery.state.in_(UNFINISHED),
    )
    cancelled = and_(Mailing.state == MailingState.CANCELLED, leftover)
    own = Mailing.organisation_id == context_of(db.session()).organisation_id
    statement = select(Mailing.id, Mailing.state).where(own, or_(Mailing.state.in_(looked_at), cancelled))
    return db.session.execute(statement.order_by(Mailing.created_at)).all()
