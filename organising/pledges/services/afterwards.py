"""What a signer may do once counted, all of it optional: say more, be named in public, correct what they gave.

Runs as the public, in the context of one signing: see ``signing``.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text, update

from ...platform.clock import now
from ...platform.db import db, new_id
from ...platform.languages import in_language
from ...platform.sealing import seal_field
from ...representatives.services import find_seat_code
from .. import canonical
from ..keys import DriveKeyGone, counting_keys
from ..models import PledgeState, Purpose, Sector
from ..texts import public_name_consent
from .signing import CONSENT, Signing, move

MOST_NAMES = 300


@dataclass(frozen=True)
class More:
    """What a signer adds; ``None`` or false for each that they leave out."""

    sector: Sector | None = None
    job: str | None = None
    workplace: str | None = None
    public_name: bool = False


def say_more(signing: Signing, more: More) -> bool:
    """Keep what was said in every copy, in place of what was before; returns whether it was kept.

    Where the details are gone already no new ones are taken, but a name that is still shown can be taken down.
    """
    if signing.state != PledgeState.CONFIRMED:
        return False
    move(signing, PledgeState.CONFIRMED, sector=more.sector)
    if not signing.details_are_gone:
        for holder, row_id in signing.copies:
            sealed = {
                "job_cipher": _sealed(holder, "job_cipher", row_id, more.job),
                "workplace_cipher": _sealed(holder, "workplace_cipher", row_id, more.workplace),
            }
            move(signing, PledgeState.CONFIRMED, holder=holder, **sealed)
    _name_in_public(signing, more.public_name)
    return True


def _name_in_public(signing: Signing, wanted: bool) -> None:
    if wanted == signing.public_name or (wanted and signing.details_are_gone):
        return
    changes: dict[str, Any] = {"public_name": wanted}
    if signing.details_are_gone:
        # It was kept for the list alone.
        changes |= dict.fromkeys(("name", "name_folded", "name_by_last"))
    move(signing, PledgeState.CONFIRMED, holder=signing.collector_id, **changes)
    at = now()
    if wanted:
        with in_language(None):
            wording = public_name_consent()
        given = {
            "organisation_id": signing.collector_id,
            "id": new_id(),
            "pledge_id": signing.pledge_id,
            "signing_id": signing.id,
            "channel": "web",
            "purpose": Purpose.PUBLIC_NAME,
            "wording": wording,
            "given_at": at,
            "created_at": at,
        }
        db.session.execute(insert(CONSENT), [given])
        return
    named = (CONSENT.c.signing_id == signing.id, CONSENT.c.purpose == Purpose.PUBLIC_NAME)
    db.session.execute(
        update(CONSENT).where(*named, CONSENT.c.withdrawn_at.is_(None)).values(withdrawn_at=at)
    )


def correct(signing: Signing, name: str, postcode: str) -> bool:
    """Put name and postcode right in every copy; the old ballot is taken back and one is cast under the new keys.

    Returns whether that changed anything. Details that are gone stay gone.
    """
    if signing.state != PledgeState.CONFIRMED or signing.details_are_gone or signing.email is None:
        return False
    if (name, postcode) == (signing.name, signing.postcode):
        return False
    folded = canonical.folded(name)
    changes: dict[str, Any] = {
        "name": name,
        "name_folded": folded,
        "name_by_last": canonical.by_last(folded),
        "postcode": postcode,
        "constituency_code": find_seat_code(postcode),
        **recounted(signing.drive_id, signing.email, name, postcode),
    }
    return move(signing, PledgeState.CONFIRMED, **changes)


def recounted(drive_id: UUID, email: str, name: str, postcode: str) -> dict[str, bytes | None]:
    """The keys under which corrected details are counted; none where the drive's key is gone, and its count with it."""
    try:
        return counting_keys(drive_id, email, name, postcode).columns()
    except DriveKeyGone:
        return {}


def list_public_names(drive_id: UUID) -> list[str]:
    """Names that were ticked to be shown, in a new random order each time; of very many, a random part."""
    return _public_names(drive_id, MOST_NAMES)


def has_public_names(drive_id: UUID) -> bool:
    """Whether anybody wants to be named."""
    return bool(_public_names(drive_id, 1))


def _public_names(drive_id: UUID, most: int) -> list[str]:
    drawn = text("SELECT * FROM app.public_names(:d, :most)")
    return list(db.session.scalars(drawn, {"d": drive_id, "most": most}))


def _sealed(owner: UUID, column: str, row_id: UUID, plain: str | None) -> bytes | None:
    return seal_field(db.session(), owner, "pledge", column, row_id, plain) if plain else None
