"""Posts and memberships beside seats, contests, the history of imports, and the questions that they leave."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from organising.platform.columns import instant, one_of, owned, reference, to, words
from organising.platform.schema import restrict, secure

revision = "0009_imports"
down_revision = "0008_areas"

BODIES = ("house", "committee", "group", "government", "other")
AFFILIATIONS = (
    "government", "opposition", "parliamentary", "committee", "group", "experience", "interest",
)  # fmt: skip
TABLES = ("body", "affiliation", "contest", "import_batch", "import_question")


def span() -> list[sa.schema.SchemaItem]:
    known = "('day', 'month', 'year')"
    return [
        sa.Column("start_on", sa.Date),
        words("start_precision", server_default="day"),
        sa.Column("end_on", sa.Date),
        words("end_precision", server_default="day"),
        sa.CheckConstraint("end_on IS NULL OR start_on IS NULL OR end_on >= start_on", name="order"),
        sa.CheckConstraint(f"start_precision IN {known} AND end_precision IN {known}", name="precision"),
    ]


def upgrade() -> None:
    op.add_column("office_holding", to("institution", index=True))
    _affiliations()
    _contests()
    _imports()
    for table in TABLES:
        secure(op, table, "reference")
    _uploads()


def _affiliations() -> None:
    op.create_table(
        "body",
        *reference(),
        words("kind"),
        words("key"),
        words("name"),
        sa.Column("sort_key", sa.Text(collation="C"), nullable=False),
        *[words(name, nullable=True) for name in ("parliament", "purpose", "url")],
        words("source"),
        one_of("kind", BODIES),
        sa.UniqueConstraint("kind", "key"),
    )
    op.create_index("ix_body_kind_sort_key", "body", ["kind", "sort_key"])
    op.create_table(
        "affiliation",
        *reference(),
        to("person", index=True),
        words("holder_scheme"),
        words("holder_value"),
        words("kind"),
        to("body", index=True),
        words("role", nullable=True),
        *[words(name) for name in ("source", "source_id", "source_statement")],
        *span(),
        one_of("kind", AFFILIATIONS),
        sa.UniqueConstraint("source", "source_id"),
    )
    op.create_index(
        "ix_affiliation_holder_scheme_holder_value", "affiliation", ["holder_scheme", "holder_value"]
    )


def _contests() -> None:
    op.create_table(
        "contest",
        *reference(),
        to("area", nullable=False),
        words("kind"),
        sa.Column("poll_on", sa.Date, nullable=False),
        words("result", nullable=True),
        *[sa.Column(name, sa.Integer) for name in ("electorate", "valid_votes", "majority")],
        words("source"),
        one_of("kind", ("general", "by_election")),
        sa.UniqueConstraint("area_id", "poll_on"),
    )


def _imports() -> None:
    op.create_table(
        "import_batch",
        *reference(),
        *[words(name) for name in ("source", "file_name", "sha256", "by_label")],
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("counts", JSONB, nullable=False),
        sa.Column("rejected", sa.Integer, nullable=False),
        sa.Column("questions", sa.Integer, nullable=False),
        sa.Column("applied", sa.Boolean, nullable=False),
    )
    op.create_index("ix_import_batch_sha256", "import_batch", ["sha256"])
    op.create_table(
        "import_question",
        *reference(),
        *[words(name) for name in ("source", "place", "scheme", "value", "reason", "state")],
        sa.Column("says", JSONB, nullable=False),
        sa.Column("candidate_ids", ARRAY(sa.Uuid), nullable=False),
        to("person"),
        words("answered_by", nullable=True),
        instant("answered_at"),
        one_of("state", ("open", "answered", "ignored")),
        sa.UniqueConstraint("scheme", "value"),
        sa.CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="answered"),
        sa.CheckConstraint("person_id IS NULL OR state = 'answered'", name="person"),
    )
    op.create_index("ix_import_question_state_created_at", "import_question", ["state", "created_at"])


def _uploads() -> None:
    op.create_table(
        "import_upload",
        *owned(),
        words("title"),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("difference", JSONB, nullable=False),
        *[words(name) for name in ("fingerprint", "state", "by_label")],
        sa.Column("stale", sa.Boolean, nullable=False),
        words("reason", nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("by_user_id", sa.Uuid),
        instant("changed_at", nullable=False),
        instant("expires_at", nullable=False),
        one_of("state", ("compared", "waiting", "running", "done", "failed")),
    )
    op.create_index(
        "ix_import_upload_organisation_id_created_at", "import_upload", ["organisation_id", "created_at"]
    )
    secure(op, "import_upload", "owned")
    restrict(op, "import_upload", "coordinator", "INSERT", "(SELECT app.own_role()) = 'coordinator'")


def downgrade() -> None:
    op.drop_table("import_upload")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("office_holding", "institution_id")
