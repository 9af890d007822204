"""Adding files to a mailing: a few kinds, told by what is in them, made anew, and small."""

import hashlib
import re
import unicodedata
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from organising.files.doors import Door, open_door
from organising.files.kinds import PICTURES
from organising.files.kinds import FileKind as StoredKind
from organising.files.services import check_file, refuse
from organising.mailings.models import (
    MOST_BYTES,
    MOST_BYTES_TOGETHER,
    FileKind,
    MailingAttachment,
)
from organising.mailings.queries.attachments import get_file, list_files
from organising.platform.actor import Actor
from organising.platform.db import db

from .drafting import note_edit, open_for_edit

ATTACHMENTS = open_door(
    Door(
        "letter attachment",
        "file",
        kinds=PICTURES | {StoredKind.PDF},
        most=MOST_BYTES,
        otherwise=_l(
            "Only PDF, PNG and JPEG files go with a letter, and this is none of them by its content."
        ),
    )
)
LONGEST_NAME = 60
ENDINGS = {FileKind.PDF: ".pdf", FileKind.PNG: ".png", FileKind.JPEG: ".jpg"}
# What a name may hold that goes into a header as it is.
HARMLESS = re.compile(r"[^A-Za-z0-9 _-]+")


def attach(actor: Actor, mailing_id: UUID, name: str, content: bytes) -> MailingAttachment:
    """Add a file; the same content twice is one. Raises :class:`Invalid` with ``file`` saying why not."""
    mailing = open_for_edit(actor, mailing_id)
    clean = check_file(ATTACHMENTS, content, name)
    kind, digest = FileKind(clean.kind), hashlib.sha256(clean.content).hexdigest()
    known = list_files(mailing.id)
    for one in known:
        if one.digest == digest:
            return get_file(mailing.id, one.number)
    if sum(one.size for one in known) + len(clean.content) > MOST_BYTES_TOGETHER:
        most = MOST_BYTES_TOGETHER // 2**20
        refuse(ATTACHMENTS, _("All files together may be %(most)s MB at most.", most=most))
    attached = MailingAttachment(
        organisation_id=mailing.organisation_id,
        mailing_id=mailing.id,
        name=harmless_name(name, kind, [one.name for one in known]),
        kind=kind,
        digest=digest,
        content=clean.content,
    )
    db.session.add(attached)
    note_edit(actor, mailing, "attachment", bytes=len(clean.content))
    return attached


def detach(actor: Actor, mailing_id: UUID, number: int) -> str:
    """Take a file out again; answers its name. Raises NotFound."""
    mailing = open_for_edit(actor, mailing_id)
    attached = get_file(mailing.id, number)
    name = attached.name
    db.session.delete(attached)
    note_edit(actor, mailing, "attachment")
    return name


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
