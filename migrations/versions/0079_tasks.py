"""Tasks of one organisation, with history and news; when a person last looked at what partners did."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from organising.platform.columns import instant, one_of, owned, words
from organising.platform.schema import secure

revision = "0079_tasks"
down_revision = "0072d_material_files"

NEWS = ("assigned", "mentioned", "commented", "finished", "reopened", "dropped")


def _of_task() -> list[sa.schema.SchemaItem]:
    return [
        *owned(),
        sa.Column("task_id", sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "task_id"], ["task.organisation_id", "task.id"], ondelete="CASCADE"
        ),
    ]


def upgrade() -> None:
    op.create_table(
        "task",
        *owned(),
        sa.Column("title_cipher", sa.LargeBinary, nullable=False),
        sa.Column("details_cipher", sa.LargeBinary),
        sa.Column("unit_id", sa.Uuid),
        sa.Column("assignee_user_id", sa.Uuid),
        sa.Column("created_by", sa.Uuid),
        words("author_label"),
        sa.Column("due_on", sa.Date),
        sa.Column(
            "sort_on",
            sa.Date,
            sa.Computed("COALESCE(due_on, DATE '9999-12-31')", persisted=True),
            nullable=False,
        ),
        words("place", nullable=True),
        words("state", server_default="open"),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        instant("ended_at"),
        sa.ForeignKeyConstraint(["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"]),
        one_of("state", ("open", "done", "dropped")),
    )
    op.create_index(
        "ix_task_organisation_id_state_sort_on_id", "task", ["organisation_id", "state", "sort_on", "id"]
    )
    op.create_index(
        "ix_task_organisation_id_assignee_user_id",
        "task",
        ["organisation_id", "assignee_user_id"],
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_task_organisation_id_unit_id", "task", ["organisation_id", "unit_id"])
    op.create_table(
        "task_event",
        *_of_task(),
        words("what"),
        sa.Column("user_id", sa.Uuid),
        words("author_label"),
        sa.Column("fields", JSONB, nullable=False, server_default="[]"),
        sa.Column("words_cipher", sa.LargeBinary),
    )
    op.create_index(
        "ix_task_event_organisation_id_task_id_created_at",
        "task_event",
        ["organisation_id", "task_id", "created_at"],
    )
    op.create_table(
        "task_news",
        *_of_task(),
        sa.Column("user_id", sa.Uuid, nullable=False),
        words("kind"),
        words("author_label"),
        instant("seen_at"),
        one_of("kind", NEWS),
    )
    op.create_index("ix_task_news_organisation_id_task_id", "task_news", ["organisation_id", "task_id"])
    op.create_index(
        "ix_task_news_organisation_id_user_id_created_at",
        "task_news",
        ["organisation_id", "user_id", "created_at"],
    )
    op.create_table(
        "last_look",
        *owned(),
        sa.Column("user_id", sa.Uuid, nullable=False),
        instant("looked_at", nullable=False),
        sa.UniqueConstraint("organisation_id", "user_id"),
    )
    secure(op, "task", "owned")
    secure(op, "task_event", "owned", write=False)
    secure(op, "task_news", "owned")
    secure(op, "last_look", "owned")


def downgrade() -> None:
    for table in ("last_look", "task_news", "task_event", "task"):
        op.drop_table(table)
