"""The sites of partners in whose frames the pledge may be shown."""

from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from ...platform.db import Shared, db
from .drives import member_key


class EmbedOrigin(Shared, db.Model):
    """One site of one organisation: scheme, host and port, as browsers compare them (RFC 6454)."""

    __tablename__ = "embed_origin"
    __table_args__: Any = (UniqueConstraint("campaign_id", "organisation_id", "origin"), member_key())

    campaign_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    origin: Mapped[str]
