"""What somebody agreed to, in which words, and the facts that are kept only because they did."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from ...platform.checks import one_of
from ...platform.db import db
from ...platform.sealing import Sealed
from .contacts import Held, of_contact

LONGEST_WORDING = 2000


class ConsentPurpose(StrEnum):
    """What a consent is for. The last two let a fact of a special category be kept at all (UK GDPR Article 9(2)(a))."""

    NEWS = "news"
    INVITATIONS = "invitations"
    FUNDRAISING = "fundraising"
    UNION_MEMBERSHIP = "union_membership"
    OPINIONS = "opinions"

    @property
    def is_special(self) -> bool:
        """Whether it is about keeping a fact, not about being written to."""
        return self in (ConsentPurpose.UNION_MEMBERSHIP, ConsentPurpose.OPINIONS)


class ConsentChannel(StrEnum):
    """How somebody agreed to be reached; ``record`` is for a fact that is kept."""

    EMAIL = "email"
    PHONE = "phone"
    TEXT = "text"
    POST = "post"
    RECORD = "record"


class ConsentDecision(StrEnum):
    """What they said. "Not asked" has no row, and is not "no".

    ``soft_opt_in`` is no yes: a charity's supporter who was offered the choice not to be written to, and did not refuse.
    """

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    SOFT_OPT_IN = "soft_opt_in"

    @property
    def lets_write(self) -> bool:
        """Whether somebody may be written to on the strength of it, where the mailing's basis allows it too."""
        return self in (ConsentDecision.GIVEN, ConsentDecision.SOFT_OPT_IN)


class ConsentSource(StrEnum):
    IN_PERSON = "in_person"
    PHONE = "phone"
    PAPER = "paper"
    FORM = "form"
    MESSAGE = "message"
    IMPORT = "import"
    NOT_SAID = "not_said"
    # Their own deeds, by a link that was mailed to them.
    CONFIRMED = "confirmed"
    OWN_PAGE = "own_page"
    UNSUBSCRIBED = "unsubscribed"
    NOT_ME = "not_me"


class SupportedBy(StrEnum):
    """How a charity came by somebody's details, where its soft opt-in is to hold (PECR regulation 22(3A)(b))."""

    INTEREST = "interest"
    SUPPORT = "support"


# A choice not to be written to can have been offered there; not in a list that came from elsewhere.
OFFERED_AT = (
    ConsentSource.IN_PERSON,
    ConsentSource.PHONE,
    ConsentSource.PAPER,
    ConsentSource.FORM,
    ConsentSource.MESSAGE,
)
SOFT_CHANNELS = (ConsentChannel.EMAIL, ConsentChannel.TEXT)
# The day from which details can have been collected for it (Data (Use and Access) Act 2025, section 114).
SOFT_OPT_IN_SINCE = date(2026, 2, 5)


class ConsentWording(Held, db.Model):
    """The exact words of one purpose. A changed text is a new version; one that was agreed to is never changed."""

    __tablename__ = "consent_wording"
    __table_args__: Any = (
        UniqueConstraint("organisation_id", "purpose", "version"),
        one_of("purpose", ConsentPurpose),
        CheckConstraint(f"char_length(text) BETWEEN 1 AND {LONGEST_WORDING}", name="text"),
    )

    purpose: Mapped[str]
    version: Mapped[int]
    text: Mapped[str]
    author_label: Mapped[str]


def _soft_opt_in() -> str:
    sources, channels, purposes, ways = (
        ", ".join(f"'{one}'" for one in allowed)
        for allowed in (
            OFFERED_AT,
            SOFT_CHANNELS,
            [one for one in ConsentPurpose if not one.is_special],
            SupportedBy,
        )
    )
    return (
        f"CASE WHEN decision = 'soft_opt_in' THEN channel IN ({channels}) AND purpose IN ({purposes}) "
        f"AND source IN ({sources}) AND supported_by IN ({ways}) "
        f"AND decided_at >= '{SOFT_OPT_IN_SINCE} 00:00+00' ELSE supported_by IS NULL END"
    )


class ContactConsent(Held, db.Model):
    """One decision of one contact, for one purpose and channel. Append-only: the latest ``decided_at`` stands."""

    __tablename__ = "contact_consent"
    __table_args__: Any = (
        of_contact(),
        ForeignKeyConstraint(
            ["organisation_id", "wording_id"], ["consent_wording.organisation_id", "consent_wording.id"]
        ),
        one_of("purpose", ConsentPurpose),
        one_of("channel", ConsentChannel),
        one_of("decision", ConsentDecision),
        one_of("source", ConsentSource),
        CheckConstraint("decision NOT IN ('given', 'soft_opt_in') OR wording_id IS NOT NULL", name="wording"),
        CheckConstraint(_soft_opt_in(), name="soft_opt_in"),
        CheckConstraint(
            "(channel = 'record') = (purpose IN ('union_membership', 'opinions'))", name="record"
        ),
        UniqueConstraint("organisation_id", "submission_key", "purpose", "channel"),
        Index(None, "organisation_id", "contact_id", "decided_at"),
    )

    contact_id: Mapped[UUID]
    purpose: Mapped[str]
    channel: Mapped[str]
    decision: Mapped[str]
    wording_id: Mapped[UUID | None]
    decided_at: Mapped[datetime]
    source: Mapped[str]
    supported_by: Mapped[str | None]
    evidence_cipher: Mapped[bytes | None]
    recorded_by: Mapped[UUID | None]
    author_label: Mapped[str]
    submission_key: Mapped[UUID]

    evidence = Sealed("evidence_cipher")


class SpecialFact(Held, db.Model):
    """Union membership or an opinion, kept while explicit consent stands; the database removes it when that ends."""

    __tablename__ = "special_fact"
    __table_args__: Any = (
        of_contact(),
        ForeignKeyConstraint(
            ["organisation_id", "consent_id"], ["contact_consent.organisation_id", "contact_consent.id"]
        ),
        UniqueConstraint("organisation_id", "contact_id", "purpose"),
        CheckConstraint("purpose IN ('union_membership', 'opinions')", name="purpose"),
    )

    contact_id: Mapped[UUID]
    purpose: Mapped[str]
    consent_id: Mapped[UUID]
    value_cipher: Mapped[bytes]

    value = Sealed("value_cipher")
