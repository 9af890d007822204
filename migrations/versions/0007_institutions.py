"""Institutions, parliaments with their recesses, and notices from partner to partner."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import created, instant, one_of, owned, reference, shared, subject, to
from organising.platform.schema import secure

revision = "0007_institutions"
down_revision = "0006_mailings"

INSTITUTIONS = (
    "department", "police_force", "police_commissioner", "health_board", "trust", "local_authority", "school", "other",
)  # fmt: skip
CHAMBERS = ("commons", "lords", "scottish", "senedd", "ni_assembly")
NOTICES = (
    "allocated", "released", "join_asked", "join_answered", "handed_over", "dispute", "dissolution",
)  # fmt: skip


def upgrade() -> None:
    _institutions()
    _parliaments()
    _notices()


def _institutions() -> None:
    op.create_table(
        "institution",
        *reference(),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sort_key", sa.Text(collation="C"), nullable=False),
        to("area", index=True),
        to("institution", "successor_id"),
        sa.Column("started_on", sa.Date),
        sa.Column("ended_on", sa.Date),
        *[sa.Column(name, sa.Text) for name in ("address", "postcode", "email", "requests_email", "website")],
        sa.Column("source", sa.Text, nullable=False),
        one_of("kind", INSTITUTIONS),
        sa.CheckConstraint("ended_on IS NULL OR started_on IS NULL OR ended_on >= started_on", name="order"),
        sa.CheckConstraint("successor_id <> id", name="successor"),
    )
    op.create_index("ix_institution_kind_sort_key", "institution", ["kind", "sort_key"])
    secure(op, "institution", "reference")
    op.create_table(
        "institution_identifier",
        sa.Column("scheme", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, primary_key=True),
        to("institution", nullable=False, index=True),
        created(),
    )
    secure(op, "institution_identifier", "reference")


def _parliaments() -> None:
    op.create_table(
        "parliament",
        *reference(),
        sa.Column("chamber", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("elected_on", sa.Date, nullable=False),
        sa.Column("dissolved_on", sa.Date),
        instant("carried_out_at"),
        one_of("chamber", CHAMBERS),
        sa.UniqueConstraint("chamber", "number"),
        sa.CheckConstraint("dissolved_on IS NULL OR dissolved_on > elected_on", name="order"),
    )
    secure(op, "parliament", "reference")
    op.create_table(
        "recess",
        *reference(),
        sa.Column("chamber", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        one_of("chamber", CHAMBERS),
        sa.UniqueConstraint("chamber", "starts_on"),
        sa.CheckConstraint("ends_on >= starts_on", name="order"),
    )
    secure(op, "recess", "reference")


def _notices() -> None:
    op.create_table(
        "notice",
        *shared(),
        *subject(required=False),
        to("organisation", "to_organisation_id", nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        one_of("kind", NOTICES),
    )
    op.create_index(
        "ix_notice_to_organisation_id_created_at",
        "notice",
        ["to_organisation_id", sa.text("created_at DESC")],
    )
    secure(op, "notice", "shared", write=False)
    op.create_table(
        "notice_read",
        *owned(),
        to("notice", ondelete="CASCADE", nullable=False, index=True),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("organisation_id", "notice_id", "user_id"),
    )
    secure(op, "notice_read", "owned")


def downgrade() -> None:
    for table in ("notice_read", "notice", "recess", "parliament", "institution_identifier", "institution"):
        op.drop_table(table)
