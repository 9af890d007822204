"""Batches of paper signatures with their photographs and rows."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, one_of, owned, words
from organising.platform.schema import secure

revision = "0037_paper"
down_revision = "0036_drive_texts"

STATES = ("captured", "keyed", "submitted", "sampled", "accepted", "returned")
REJECTIONS = ("unreadable", "incomplete", "too_young", "not_a_person", "twice", "crossed_out")
VERDICTS = ("right", "wrong", "unreadable")


def required(name: str, kind: type[sa.types.TypeEngine] = sa.Uuid) -> sa.Column:
    return sa.Column(name, kind, nullable=False)


def of_batch() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", "batch_id"], ["paper_batch.organisation_id", "paper_batch.id"], ondelete="CASCADE"
    )


def upgrade() -> None:
    _batches()
    _scans()
    _rows()
    for table in ("paper_batch", "paper_scan", "paper_row"):
        secure(op, table, "owned")


def _batches() -> None:
    op.create_table(
        "paper_batch",
        *owned(),
        required("campaign_id"),
        required("drive_id"),
        *(sa.Column(name, sa.Uuid) for name in ("unit_id", "action_id")),
        required("client_id"),
        words("channel"),
        words("state"),
        required("wording_version", sa.Integer),
        words("label"),
        required("held_on", sa.Date),
        required("claimed", sa.Integer),
        required("created_by"),
        *(sa.Column(name, sa.Uuid) for name in ("submitted_by", "sampled_by", "accepted_by")),
        *(instant(name) for name in ("submitted_at", "accepted_at", "copies_due_at", "scans_deleted_at")),
        sa.Column("return_reason_cipher", sa.LargeBinary),
        sa.Column("scans_delete_on", sa.Date),
        sa.ForeignKeyConstraint(["campaign_id", "drive_id"], ["pledge_drive.campaign_id", "pledge_drive.id"]),
        sa.ForeignKeyConstraint(
            ["drive_id", "wording_version"], ["pledge_wording.drive_id", "pledge_wording.version"]
        ),
        sa.ForeignKeyConstraint(["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"]),
        sa.ForeignKeyConstraint(
            ["organisation_id", "action_id"], ["branch_action.organisation_id", "branch_action.id"]
        ),
        sa.UniqueConstraint("organisation_id", "client_id"),
        one_of("state", STATES),
        one_of("channel", ("paper", "event")),
        sa.CheckConstraint("claimed BETWEEN 1 AND 2000", name="claimed"),
        sa.CheckConstraint("(state = 'accepted') = (accepted_at IS NOT NULL)", name="accepted_at"),
    )
    for columns in (["drive_id", "created_at", "id"], ["action_id"]):
        columns = ["organisation_id", *columns]
        op.create_index(f"ix_paper_batch_{'_'.join(columns)}", "paper_batch", columns)


def _scans() -> None:
    op.create_table(
        "paper_scan",
        *owned(),
        required("batch_id"),
        required("number", sa.Integer),
        words("kind"),
        required("digest", sa.LargeBinary),
        required("size", sa.Integer),
        required("content_cipher", sa.LargeBinary),
        of_batch(),
        sa.UniqueConstraint("organisation_id", "batch_id", "number"),
        sa.UniqueConstraint("organisation_id", "batch_id", "digest"),
        sa.CheckConstraint("kind IN ('image/jpeg', 'application/pdf')", name="kind"),
    )


def _rows() -> None:
    op.create_table(
        "paper_row",
        *owned(),
        required("batch_id"),
        required("drive_id"),
        required("number", sa.Integer),
        required("client_id"),
        *(sa.Column(name, sa.Text) for name in ("name", "postcode", "rejection", "verdict")),
        *(sa.Column(name, sa.LargeBinary) for name in ("email_cipher", "witness_key")),
        *(required(name, sa.Boolean) for name in ("wants_updates", "lead_may_keep")),
        instant("signed_at"),
        required("keyed_by"),
        sa.Column("sample_place", sa.Integer),
        *(sa.Column(name, sa.Uuid) for name in ("verdict_by", "pledge_id", "copy_signing_id")),
        of_batch(),
        sa.ForeignKeyConstraint(
            ["organisation_id", "pledge_id"],
            ["pledge.organisation_id", "pledge.id"],
            ondelete="SET NULL (pledge_id)",
        ),
        sa.UniqueConstraint("organisation_id", "batch_id", "number"),
        sa.UniqueConstraint("organisation_id", "client_id"),
        one_of("rejection", REJECTIONS),
        one_of("verdict", VERDICTS),
        sa.CheckConstraint(
            "rejection IS NULL OR num_nonnulls(name, postcode, email_cipher) = 0", name="rejected"
        ),
    )
    for columns in (["drive_id", "witness_key"], ["pledge_id"]):
        columns = ["organisation_id", *columns]
        op.create_index(f"ix_paper_row_{'_'.join(columns)}", "paper_row", columns)


def downgrade() -> None:
    for table in ("paper_row", "paper_scan", "paper_batch"):
        op.drop_table(table)
