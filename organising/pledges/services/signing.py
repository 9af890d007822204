"""What the public does with its own signature: sign, confirm, refuse, withdraw; ``afterwards`` has what may follow.

Runs as ``organising_public`` in the context of one signing id, which the server makes and the link in the mail
carries. Statements are plain ones on the tables: the public speaks for no organisation, so the session's guard
for organisations' rows is not for it; the database's policies are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import RowMapping, delete, insert, select, text, update
from sqlalchemy.exc import ProgrammingError

from ...platform.clock import now
from ...platform.db import db, new_id
from ...platform.errors import DomainError, NotFound
from ...platform.languages import in_language, kept_language
from ...platform.queue import enqueue_after_commit
from ...platform.sealing import blind_index, canonical_email, open_field, seal_field
from ...representatives.services import find_seat_code
from .. import canonical
from ..keys import CountingKeys, counting_keys
from ..models import AddressChange, Channel, Part, Pledge, PledgeConsent, PledgeState, Purpose, Sector
from ..queries import Partner, SigningPage
from ..texts import confirmable_until, lead_consent, pledge_consent, updates_consent
from .kept_pages import forget_pages

PLEDGE: Any = Pledge.__table__
CONSENT: Any = PledgeConsent.__table__
CHANGE: Any = AddressChange.__table__
# What a signing shows of its row as it is kept.
AS_KEPT = (
    "drive_id",
    "campaign_id",
    "state",
    "wording_version",
    "name",
    "postcode",
    "sector",
    "public_name",
    "constituency_code",
    "link_version",
    "channel",
    "confirmed_at",
    "witnessed_at",
    "ended_at",
    "details_removed_at",
)


class DriveClosed(DomainError):
    """The drive takes no more signatures."""

    code = "drive_closed"
    status = 409


@dataclass(frozen=True)
class Signature:
    """What a signer gave: checked and normalised by the form. ``updates_from``: organisations whose box was ticked.

    ``unit_id``: the unit whose link was used; one that is not the collector's is left out. ``source``: what the link says
    of where it was used; like the unit it is the collector's to know.
    """

    name: str
    email: str
    postcode: str
    updates_from: frozenset[UUID] = frozenset()
    channel: str = Channel.WEB
    unit_id: UUID | None = None
    source: str | None = None


@dataclass(frozen=True)
class Signing:
    """One signing as its holder sees it: the collector's row, and who else holds a copy.

    ``copies``: each holder with the id of its row, the collector's first.
    """

    id: UUID
    copies: tuple[tuple[UUID, UUID], ...]
    drive_id: UUID
    campaign_id: UUID
    state: str
    wording_version: int
    signed_text: str | None
    name: str | None
    postcode: str | None
    email: str | None
    sector: str | None
    job: str | None
    workplace: str | None
    public_name: bool
    constituency_code: str | None
    link_version: int
    signed_at: datetime
    channel: str
    confirmed_at: datetime | None
    witnessed_at: datetime | None
    ended_at: datetime | None
    details_removed_at: datetime | None
    ticked: frozenset[UUID] = field(default_factory=frozenset)

    @property
    def collector_id(self) -> UUID:
        return self.copies[0][0]

    @property
    def pledge_id(self) -> UUID:
        """The collector's row."""
        return self.copies[0][1]

    @property
    def holder_ids(self) -> tuple[UUID, ...]:
        return tuple(holder for holder, _row in self.copies)

    @property
    def details_are_gone(self) -> bool:
        return self.details_removed_at is not None

    def has_expired(self, at: datetime) -> bool:
        """Whether nobody confirmed it in time: erased for that, or about to be."""
        until = confirmable_until(self.signed_at)
        if self.state == PledgeState.ERASED:
            return self.confirmed_at is None and self.ended_at is not None and self.ended_at >= until
        return self.state == PledgeState.PENDING and at >= until


def sign(signing_id: UUID, page: SigningPage, signature: Signature) -> None:
    """Write the collector's pending row, one for the lead if its box was ticked, and ring for the mail.

    The same writes for a first and for a repeated signature. Raises :class:`DriveClosed`.
    """
    if not page.is_open:
        raise DriveClosed(_("This pledge is closed. No more signatures are taken."))
    keys = counting_keys(page.drive.id, signature.email, signature.name, signature.postcode)
    holders = [(page.collector, Part.COLLECTED)]
    if page.lead != page.collector and page.lead.id in signature.updates_from:
        holders.append((page.lead, Part.SHARED))
    at = now()
    place = {"constituency_code": find_seat_code(signature.postcode)}
    rows = [
        _row(signing_id, page, signature, keys, partner, part, at)
        | place
        | (_credit(page, partner, signature) if part is Part.COLLECTED else {"unit_id": None, "source": None})
        for partner, part in holders
    ]
    try:
        db.session.execute(insert(PLEDGE), rows)
    except ProgrammingError as error:
        if not isinstance(error.orig, InsufficientPrivilege):
            raise
        # The page may be a second old; since then the drive closed, or the partner left.
        forget_pages()
        raise DriveClosed(_("This pledge is closed. No more signatures are taken.")) from None
    db.session.execute(
        insert(CONSENT),
        [
            c
            for row, (p, part) in zip(rows, holders, strict=True)
            for c in _consents(row, p, part, signature, at)
        ],
    )
    enqueue_after_commit(
        "organising.pledges.jobs.send_confirmations",
        organisation_id=page.collector.id,
        purpose="confirmation",
        queue="urgent",
        once=True,
    )


def _row(
    signing_id: UUID,
    page: SigningPage,
    given: Signature,
    keys: CountingKeys,
    partner: Partner,
    part: Part,
    at: datetime,
) -> dict[str, Any]:
    pledge_id = new_id()
    session = db.session()
    folded = canonical.folded(given.name)
    return {
        "organisation_id": partner.id,
        "id": pledge_id,
        "campaign_id": page.drive.campaign_id,
        "drive_id": page.drive.id,
        "signing_id": signing_id,
        "part": part,
        "state": PledgeState.PENDING,
        "channel": given.channel,
        "wording_version": page.text.version,
        "signed_text_cipher": seal_field(
            session, partner.id, "pledge", "signed_text_cipher", pledge_id, page.text.mark
        ),
        "name": given.name,
        "name_folded": folded,
        "name_by_last": canonical.by_last(folded),
        "email_cipher": seal_field(session, partner.id, "pledge", "email_cipher", pledge_id, given.email),
        "email_key": blind_index(partner.id, "email", canonical_email(given.email)),
        "postcode": given.postcode,
        **keys.columns(),
        "confirmation_due_at": at if part is Part.COLLECTED else None,
        "confirmation_tries": 0,
        "confirmation_language": kept_language() if part is Part.COLLECTED else None,
        "created_at": at,
    }


def _credit(page: SigningPage, partner: Partner, signature: Signature) -> dict[str, Any]:
    # A partner that keeps nobody: whose link it was is all that the lead learns of it.
    source = page.brought_by.slug[:40] if page.brought_by else signature.source
    return {"unit_id": _unit_of(partner, signature.unit_id), "source": source}


def _unit_of(partner: Partner, unit_id: UUID | None) -> UUID | None:
    if unit_id is None:
        return None
    found = db.session.scalar(text("SELECT app.unit_of(:o, :u)"), {"o": partner.id, "u": unit_id})
    return UUID(str(found)) if found else None


def _consents(
    row: dict[str, Any], partner: Partner, part: Part, given: Signature, at: datetime
) -> list[dict[str, Any]]:
    # The signer's own language would hint at where they are from: the words' version says what they saw.
    with in_language(None):
        wordings = {Purpose.PLEDGE: pledge_consent(partner.short_name)}
        if part is Part.SHARED:
            wordings = {Purpose.UPDATES: lead_consent(partner.short_name)}
        elif partner.id in given.updates_from:
            wordings[Purpose.UPDATES] = updates_consent(partner.short_name)
    return [
        {
            "organisation_id": partner.id,
            "id": new_id(),
            "pledge_id": row["id"],
            "signing_id": row["signing_id"],
            "channel": "email",
            "purpose": purpose,
            "wording": wording,
            "given_at": at,
            "created_at": at,
        }
        for purpose, wording in wordings.items()
    ]


def get_signing(signing_id: UUID, link_version: int = 0) -> Signing:
    """The signing that this context holds, by a link of this version. Raises :class:`NotFound`."""
    rows: Sequence[RowMapping] = (
        db.session.execute(select(PLEDGE).where(PLEDGE.c.signing_id == signing_id).order_by(PLEDGE.c.part))
        .mappings()
        .all()
    )
    if not rows or rows[0]["part"] != Part.COLLECTED or rows[0]["link_version"] != link_version:
        raise NotFound
    first = rows[0]
    ticked = db.session.scalars(
        select(CONSENT.c.organisation_id).where(
            CONSENT.c.signing_id == signing_id,
            CONSENT.c.purpose == Purpose.UPDATES,
            CONSENT.c.withdrawn_at.is_(None),
        )
    )
    return Signing(
        id=signing_id,
        copies=tuple((row["organisation_id"], row["id"]) for row in rows),
        signed_text=_opened(first, "signed_text_cipher"),
        email=_opened(first, "email_cipher"),
        job=_opened(first, "job_cipher"),
        workplace=_opened(first, "workplace_cipher"),
        signed_at=first["created_at"],
        ticked=frozenset(ticked),
        **{name: first[name] for name in AS_KEPT},
    )


def link_version_of(signing_id: UUID) -> int:
    """The version of the links that open this signing now. Raises :class:`NotFound`."""
    version = db.session.scalar(
        select(PLEDGE.c.link_version).where(
            PLEDGE.c.signing_id == signing_id, PLEDGE.c.part == Part.COLLECTED
        )
    )
    if version is None:
        raise NotFound
    return int(version)


def _opened(row: RowMapping, column: str) -> str | None:
    cipher = row[column]
    if cipher is None:
        return None
    return open_field(db.session(), row["organisation_id"], "pledge", column, row["id"], cipher)


def confirm(signing: Signing) -> bool:
    """Confirm a pending signing while its link confirms, or a witnessed one; returns whether that changed anything.

    Every copy is confirmed at once.
    """
    if signing.has_expired(now()):
        return False
    return move(
        signing, PledgeState.PENDING, PledgeState.WITNESSED, state=PledgeState.CONFIRMED, confirmed_at=now()
    )


def refuse(signing: Signing) -> bool:
    """ "This wasn't me": erase a pending signing; the database empties its personal columns."""
    return _end(signing, PledgeState.PENDING, to_state=PledgeState.ERASED)


def withdraw(signing: Signing) -> bool:
    """Withdraw a confirmed or witnessed signing, or one taken out of the count: its details go, its consents end."""
    return _end(
        signing,
        PledgeState.CONFIRMED,
        PledgeState.WITNESSED,
        PledgeState.INVALIDATED,
        to_state=PledgeState.WITHDRAWN,
    )


def say_sector(signing: Signing, sector: Sector | None) -> bool:
    """Set or clear the sector of a confirmed signing; the tally follows."""
    return move(signing, PledgeState.CONFIRMED, sector=sector)


def _end(signing: Signing, *from_states: PledgeState, to_state: PledgeState) -> bool:
    at = now()
    if not move(signing, *from_states, state=to_state, ended_at=at):
        return False
    mine = CONSENT.c.signing_id == signing.id
    db.session.execute(update(CONSENT).where(mine, CONSENT.c.withdrawn_at.is_(None)).values(withdrawn_at=at))
    db.session.execute(delete(CHANGE).where(CHANGE.c.signing_id == signing.id))
    return True


def move(signing: Signing, *from_states: PledgeState, holder: UUID | None = None, **changes: Any) -> bool:
    """Change the rows of a signing that are in these states, or one holder's; the tally follows.

    Returns whether there were any.
    """
    where = [PLEDGE.c.signing_id == signing.id, PLEDGE.c.state.in_(from_states)]
    if holder is not None:
        where.append(PLEDGE.c.organisation_id == holder)
    changed: Any = db.session.execute(update(PLEDGE).where(*where).values(**changes))
    if not changed.rowcount:
        return False
    enqueue_after_commit(
        "organising.pledges.jobs.count",
        organisation_id=signing.collector_id,
        row_id=signing.drive_id,
        purpose="count",
    )
    return True
