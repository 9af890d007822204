"""Representatives who may be chosen."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, select

from organising.mailings.models import MailingChoice
from organising.platform.clock import today
from organising.platform.db import db
from organising.representatives.models import Area, OfficeHolding, OfficeKind
from organising.representatives.queries import found_by, list_sitting, under_whip_of


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
