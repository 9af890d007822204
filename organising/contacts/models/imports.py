"""Files of contacts: kept sealed until they are applied, and what became of each of their rows, so that it can be undone."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, deferred, mapped_column

from ...platform.checks import one_of
from ...platform.db import db
from ...platform.sealing import Sealed
from .contacts import Held


class ImportState(StrEnum):
    """``checked``: looked at, nothing written. ``stopped``: somebody held it up while it was written; it can go on.

    A worker goes on with ``reading``, ``checking``, ``applying`` and ``undoing`` until they are done.
    """

    READING = "reading"
    REFUSED = "refused"
    CHECKING = "checking"
    CHECKED = "checked"
    APPLYING = "applying"
    STOPPED = "stopped"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


class KnownRule(StrEnum):
    """What a row does to a contact who is known already."""

    SKIP = "skip"
    FILL = "fill"
    UPDATE = "update"


class RowDeed(StrEnum):
    ADDED = "added"
    UPDATED = "updated"
    SKIPPED = "skipped"
    WRONG = "wrong"


UNDER_WAY = (ImportState.READING, ImportState.CHECKING, ImportState.APPLYING, ImportState.UNDOING)


def of_import() -> ForeignKeyConstraint:
    """Within one organisation, and gone with its import."""
    return ForeignKeyConstraint(
        ["organisation_id", "import_id"],
        ["contact_import.organisation_id", "contact_import.id"],
        ondelete="CASCADE",
    )


class ContactImport(Held, db.Model):
    """One file. ``digest_key`` tells that the same file was given before, ``headers_key`` that its columns were.

    ``content`` is sealed, and gone once it was read into pieces; these are gone once they are written. ``meanings``
    says what each column is, by its place. ``done`` counts the rows of the present state; ``added`` to ``wrong`` what
    would become of them, and once they are written, what became; ``stayed`` whom undoing left. ``kept_until``: then
    everything goes by which a row could be read, mended or undone.
    """

    __tablename__ = "contact_import"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["organisation_id", "wording_id"], ["consent_wording.organisation_id", "consent_wording.id"]
        ),
        one_of("state", ImportState),
        one_of("known_rule", KnownRule),
        CheckConstraint("(agreed IS NULL) = (agreed_on IS NULL)", name="agreed"),
        Index(None, "organisation_id", "created_at"),
        Index(None, "organisation_id", "headers_key"),
        Index(None, "organisation_id", "digest_key"),
    )

    file_name_cipher: Mapped[bytes]
    content_cipher: Mapped[bytes | None] = deferred(mapped_column())
    headers_cipher: Mapped[bytes | None]
    reason_cipher: Mapped[bytes | None]
    digest_key: Mapped[bytes]
    headers_key: Mapped[bytes | None]
    rows: Mapped[int] = mapped_column(default=0)
    meanings: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    known_rule: Mapped[str] = mapped_column(default=KnownRule.SKIP)
    agreed: Mapped[str | None]
    agreed_on: Mapped[date | None]
    wording_id: Mapped[UUID | None]
    evidence_cipher: Mapped[bytes | None]
    state: Mapped[str] = mapped_column(default=ImportState.READING)
    version: Mapped[int] = mapped_column(default=1)
    user_id: Mapped[UUID | None]
    author_label: Mapped[str]
    changed_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    kept_until: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    wrong: Mapped[int] = mapped_column(default=0)
    stayed: Mapped[int] = mapped_column(default=0)
    made_tags: Mapped[list[str]] = mapped_column(JSONB, default=list)
    # Rows a second in the last step.
    pace: Mapped[float | None]

    file_name = Sealed("file_name_cipher")
    evidence = Sealed("evidence_cipher")
    # The headers as JSON; of a file without any there is a reason instead.
    headers_json = Sealed("headers_cipher")
    reason = Sealed("reason_cipher")

    @property
    def headers(self) -> tuple[str, ...]:
        """What the columns are called."""
        return tuple(json.loads(self.headers_json or "[]"))

    @property
    def is_under_way(self) -> bool:
        """Whether a worker has more to do for it."""
        return self.state in UNDER_WAY

    @property
    def seconds_left(self) -> int | None:
        """About how long the rest takes at the present pace."""
        return round((self.rows - self.done) / self.pace) if self.pace and self.is_under_way else None

    def begin(self, state: ImportState, at: datetime) -> None:
        """Have a worker go through the rows in this state, from the first."""
        self.state, self.changed_at, self.done, self.pace = state, at, 0, None

    def count_as(self, deeds: Iterable[RowDeed]) -> None:
        """Count what becomes of rows."""
        for deed in deeds:
            setattr(self, deed, getattr(self, deed) + 1)

    def stop(self, at: datetime) -> bool:
        """Hold up the writing; returns whether that changed anything."""
        if self.state != ImportState.APPLYING:
            return False
        self.state, self.changed_at, self.pace = ImportState.STOPPED, at, None
        return True

    def go_on(self, at: datetime) -> bool:
        """Go on with the writing where it was held up; returns whether that changed anything."""
        if self.state != ImportState.STOPPED:
            return False
        self.state, self.changed_at = ImportState.APPLYING, at
        return True


class ImportPiece(Held, db.Model):
    """Some rows of a file, sealed, until they are written. ``seen``: who they were, for looking at later ones."""

    __tablename__ = "import_piece"
    __table_args__: Any = (of_import(), UniqueConstraint("organisation_id", "import_id", "place"))

    import_id: Mapped[UUID]
    place: Mapped[int]
    rows: Mapped[int]
    cells_cipher: Mapped[bytes] = mapped_column(deferred=True)
    seen_cipher: Mapped[bytes | None] = mapped_column(deferred=True)


class ImportFinding(Held, db.Model):
    """A row that is not simply added: what is wrong with it, or who it is. ``faults``: its cells and the reasons, sealed."""

    __tablename__ = "import_finding"
    __table_args__: Any = (
        of_import(),
        ForeignKeyConstraint(
            ["organisation_id", "contact_id"],
            ["contact.organisation_id", "contact.id"],
            ondelete="SET NULL (contact_id)",
        ),
        UniqueConstraint("organisation_id", "import_id", "number"),
        CheckConstraint("deed IN ('updated', 'skipped', 'wrong')", name="deed"),
        Index(None, "organisation_id", "contact_id"),
    )

    import_id: Mapped[UUID]
    number: Mapped[int]
    deed: Mapped[str]
    contact_id: Mapped[UUID | None]
    same_as: Mapped[int | None]
    faults_cipher: Mapped[bytes | None]

    faults_json = Sealed("faults_cipher")


class ImportedRow(Held, db.Model):
    """What a row did: whom it added, changed, or left as they were. ``before``: what undoing a change needs, sealed."""

    __tablename__ = "imported_row"
    __table_args__: Any = (
        of_import(),
        ForeignKeyConstraint(
            ["organisation_id", "contact_id"],
            ["contact.organisation_id", "contact.id"],
            ondelete="SET NULL (contact_id)",
        ),
        UniqueConstraint("organisation_id", "import_id", "number"),
        one_of("deed", RowDeed),
        Index(None, "organisation_id", "contact_id"),
        Index(
            "ix_imported_row_organisation_id_import_id_undone",
            "organisation_id",
            "import_id",
            "number",
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    import_id: Mapped[UUID]
    number: Mapped[int]
    deed: Mapped[str]
    contact_id: Mapped[UUID | None]
    before_cipher: Mapped[bytes | None]
    undone_at: Mapped[datetime | None]
    # Whether undoing left it, as somebody had changed it by hand.
    stays: Mapped[bool] = mapped_column(default=False)

    before = Sealed("before_cipher")
