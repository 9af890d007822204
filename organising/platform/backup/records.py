"""What was done to the installation and when: backups, rehearsals, restores, and the last look that found it well."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Connection, Index, select, text
from sqlalchemy.orm import Mapped, mapped_column

from ..clock import now
from ..db import Reference, db, new_id


class RunKind(StrEnum):
    BACKUP = "backup"
    REHEARSAL = "rehearsal"
    RESTORE = "restore"
    DOCTOR = "doctor"


class InstallationRun(Reference, db.Model):
    """One thing done that came to its end. A rehearsal restored a whole backup and counted it."""

    __tablename__ = "installation_run"
    __table_args__ = (
        CheckConstraint("kind IN ('backup', 'rehearsal', 'restore', 'doctor')", name="kind"),
        Index("ix_installation_run_kind_created_at", "kind", "created_at"),
    )

    kind: Mapped[str]
    backup_made_at: Mapped[datetime | None]
    row_count: Mapped[int] = mapped_column(BigInteger, default=0)
    byte_count: Mapped[int] = mapped_column(BigInteger, default=0)
    seconds: Mapped[int] = mapped_column(default=0)


@dataclass(frozen=True)
class Run:
    """What is to be written down of one."""

    kind: RunKind
    made_at: datetime | None = None
    rows: int = 0
    size: int = 0
    seconds: float = 0


def find_last_run(kind: RunKind) -> InstallationRun | None:
    """The latest of its kind, or ``None`` where there was none: going live asks for a rehearsal or a restore."""
    statement = select(InstallationRun).where(InstallationRun.kind == kind)
    return db.session.scalars(statement.order_by(InstallationRun.created_at.desc()).limit(1)).one_or_none()


def was_restored_once() -> bool:
    """Whether a backup of this installation was ever restored, for good or in rehearsal."""
    kinds = (RunKind.REHEARSAL, RunKind.RESTORE)
    found = db.session.scalar(select(InstallationRun.id).where(InstallationRun.kind.in_(kinds)).limit(1))
    return found is not None


def note_run(connection: Connection, run: Run) -> UUID:
    """Write it down, as the owner."""
    run_id = new_id()
    connection.execute(
        text(
            "INSERT INTO installation_run (id, kind, backup_made_at, row_count, byte_count, seconds, created_at) "
            "VALUES (:i, :k, :m, :r, :b, :s, :n)"
        ),
        {
            "i": run_id,
            "k": run.kind,
            "m": run.made_at,
            "r": run.rows,
            "b": run.size,
            "s": round(run.seconds),
            "n": now(),
        },
    )
    return run_id
