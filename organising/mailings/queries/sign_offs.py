"""What organisations put on record about a mailing."""

from collections.abc import Sequence

from sqlalchemy import select

from organising.mailings.models import Mailing, SignOff
from organising.platform.db import db


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
