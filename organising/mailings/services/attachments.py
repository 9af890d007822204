"""Adding files to a mailing: a few kinds, told by what is in them, and small."""

import hashlib
import re
import unicodedata
from uuid import UUID

from flask_babel import gettext as _

from organising.mailings.models import (
    MOST_BYTES,
    MOST_BYTES_TOGETHER,
    FileKind,
    MailingAttachment,
)
from organising.mailings.queries.attachments import get_file, list_files
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.errors import Invalid

from .drafting import note_edit, open_for_edit

LONGEST_NAME = 60
ENDINGS = {FileKind.PDF: ".pdf", FileKind.PNG: ".png", FileKind.JPEG: ".jpg"}
# What a name may hold that goes into a header as it is.
HARMLESS = re.compile(r"[^A-Za-z0-9 _-]+")
# A trailer within this many bytes of the end, as readers look for it.
PDF_TAIL = 1024


def attach(actor: Actor, mailing_id: UUID, name: str, content: bytes) -> MailingAttachment:
    """Add a file; the same content twice is one. Raises :class:`Invalid` with ``file`` saying why not."""
    mailing = open_for_edit(actor, mailing_id)
    if len(content) > MOST_BYTES:
        _refuse(_("A file may be %(most)s MB at most.", most=MOST_BYTES // 2**20))
    kind = tell_kind(content)
    if kind is None:
        _refuse(_("Only PDF, PNG and JPEG files go with a letter, and this is none of them by its content."))
    digest = hashlib.sha256(content).hexdigest()
    known = list_files(mailing.id)
    for one in known:
        if one.digest == digest:
            return get_file(mailing.id, one.number)
    if sum(one.size for one in known) + len(content) > MOST_BYTES_TOGETHER:
        _refuse(_("All files together may be %(most)s MB at most.", most=MOST_BYTES_TOGETHER // 2**20))
    assert kind is not None
    attached = MailingAttachment(
        organisation_id=mailing.organisation_id,
        mailing_id=mailing.id,
        name=harmless_name(name, kind, [one.name for one in known]),
        kind=kind,
        digest=digest,
        content=content,
    )
    db.session.add(attached)
    note_edit(actor, mailing, "attachment", bytes=len(content))
    return attached


def detach(actor: Actor, mailing_id: UUID, number: int) -> str:
    """Take a file out again; answers its name. Raises NotFound."""
    mailing = open_for_edit(actor, mailing_id)
    attached = get_file(mailing.id, number)
    name = attached.name
    db.session.delete(attached)
    note_edit(actor, mailing, "attachment")
    return name


def tell_kind(content: bytes) -> FileKind | None:
    """What a file is by its own first and last bytes, whatever it is called."""
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-PDF_TAIL:]:
        return FileKind.PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR") and content.endswith(b"IEND\xaeB`\x82"):
        return FileKind.PNG
    if content.startswith(b"\xff\xd8\xff") and content.endswith(b"\xff\xd9"):
        return FileKind.JPEG
    return None


def harmless_name(given: str, kind: FileKind, taken: list[str]) -> str:
    """The name in plain letters, with the ending of what it is, unlike those that are taken."""
    stem = re.split(r"[/\\]", given)[-1].rpartition(".")[0] or given
    plain = "".join(c for c in unicodedata.normalize("NFKD", stem) if not unicodedata.combining(c))
    stem = " ".join(HARMLESS.sub(" ", plain).split())[:LONGEST_NAME].strip() or "attachment"
    name, number = f"{stem}{ENDINGS[kind]}", 1
    while name in taken:
        number += 1
        name = f"{stem} {number}{ENDINGS[kind]}"
    return name


def _refuse(words: str) -> None:
    raise Invalid(_("The file was not added."), file=words)
