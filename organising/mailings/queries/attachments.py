"""Files that go with a mailing's letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from organising.mailings.models import Mailing, MailingAttachment
from organising.platform.db import db
from organising.platform.errors import Invalid, NotFound
from organising.platform.message import AttachedFile

# Under this name the files stand among what is the same in every letter, which approval binds.
ATTACHED = "attachments"


@dataclass(frozen=True)
class FileLine:
    """One file as a page lists it; ``number`` counts from 1."""

    number: int
    id: UUID
    name: str
    kind: str
    digest: str
    size: int


def list_files(mailing_id: UUID) -> list[FileLine]:
    """A mailing's files in the order in which they were added, without their contents."""
    table = MailingAttachment
    rows = db.session.execute(
        select(table.id, table.name, table.kind, table.digest, func.octet_length(table.content).label("size"))
        .where(table.mailing_id == mailing_id)
        .order_by(table.created_at, table.id)
    )
    return [FileLine(number, *row) for number, row in enumerate(rows, 1)]


def get_file(mailing_id: UUID, number: int) -> MailingAttachment:
    """One of them, by its number; raises NotFound."""
    line = next((one for one in list_files(mailing_id) if one.number == number), None)
    found: MailingAttachment | None = db.session.scalar(
        select(MailingAttachment).where(MailingAttachment.id == (line.id if line else None))
    )
    if found is None:
        raise NotFound
    return found


def bound_files(mailing_id: UUID) -> list[list[str]]:
    """Name, kind and digest of each file, for the values that are the same in every letter."""
    return [[one.name, one.kind, one.digest] for one in list_files(mailing_id)]


def read_files(mailing: Mailing) -> Sequence[AttachedFile]:
    """The files that the frozen mailing names, or a draft has, with their contents. Raises :class:`Invalid` where one
    is not as it was.
    """
    wanted = bound_files(mailing.id) if mailing.is_draft else mailing.common.get(ATTACHED) or []
    if not wanted:
        return []
    found = {
        one.digest: one
        for one in db.session.scalars(
            select(MailingAttachment).where(
                MailingAttachment.organisation_id == mailing.organisation_id,
                MailingAttachment.mailing_id == mailing.id,
            )
        )
    }
    files = []
    for name, kind, digest in wanted:
        kept = found.get(digest)
        file = AttachedFile(name, kind, kept.content) if kept else None
        if file is None or file.digest != digest:
            raise Invalid("An attached file is not the one that was signed off.")
        files.append(file)
    return files
