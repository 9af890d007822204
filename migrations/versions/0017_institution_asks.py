"""Where asks stand with institutions, and requests for information with their history."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import one_of, owned, shared, to, words
from organising.platform.schema import restrict, secure

revision = "0017_institution_asks"
down_revision = "0016_positions"

STATUSES = ("open", "partly_met", "met", "refused", "superseded")
STATES = (
    "sent", "answered", "partly_answered", "refused", "review", "commissioner", "closed", "withdrawn",
)  # fmt: skip
DEEDS = ("sent", "moved", "chased")
# Without a person, a job of the organisation itself.
EDITORS = (
    "(SELECT app.usr()) IS NULL OR (SELECT app.own_role()) IN ('coordinator', 'deputy', 'admin', 'organiser')"
)


def upgrade() -> None:
    _requests()
    _history()
    _own()
    _statuses()


def own_request() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["request_id", "organisation_id"], ["information_request.id", "information_request.organisation_id"]
    )


def _requests() -> None:
    op.create_table(
        "information_request",
        *shared(),
        to("institution", nullable=False),
        to("ask"),
        words("title"),
        words("wording"),
        sa.Column("sent_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        words("reference", server_default=""),
        words("state", server_default="sent"),
        words("answer", server_default=""),
        words("answer_url", nullable=True),
        words("exemption", server_default=""),
        sa.Column("chased_on", sa.Date),
        words("owner_label"),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.UniqueConstraint("id", "organisation_id"),
        sa.UniqueConstraint("id", "institution_id", "campaign_id"),
        one_of("state", STATES),
        sa.CheckConstraint("char_length(title) BETWEEN 1 AND 120", name="title"),
        sa.CheckConstraint("char_length(wording) BETWEEN 1 AND 4000", name="wording"),
        sa.CheckConstraint("char_length(answer) <= 280", name="answer"),
        sa.CheckConstraint("answer_url ~* '^https?://'", name="answer_url"),
        sa.CheckConstraint("due_on > sent_on", name="due_on"),
        sa.CheckConstraint(
            "state NOT IN ('answered', 'partly_answered') OR answer <> '' OR answer_url IS NOT NULL",
            name="answered",
        ),
    )
    op.create_index(
        "ix_information_request_campaign_id_due_on_id",
        "information_request",
        ["campaign_id", "due_on", "id"],
    )
    for column in ("institution_id", "ask_id"):
        op.create_index(f"ix_information_request_{column}", "information_request", [column])
    secure(op, "information_request", "shared")
    op.execute("REVOKE DELETE ON information_request FROM organising_runtime")
    restrict(op, "information_request", "editors_add", "INSERT", EDITORS)
    restrict(op, "information_request", "editors_change", "UPDATE", EDITORS)


def _history() -> None:
    op.create_table(
        "request_event",
        *shared(),
        sa.Column("request_id", sa.Uuid, nullable=False, index=True),
        words("deed"),
        words("state"),
        sa.Column("happened_on", sa.Date, nullable=False),
        words("words", server_default=""),
        own_request(),
        one_of("deed", DEEDS),
        one_of("state", STATES),
        sa.CheckConstraint("char_length(words) <= 280", name="words"),
    )
    secure(op, "request_event", "shared", write=False)
    restrict(op, "request_event", "editors_add", "INSERT", EDITORS)


def _own() -> None:
    op.create_table(
        "request_own",
        *owned(),
        sa.Column("request_id", sa.Uuid, nullable=False),
        sa.Column("owner_user_id", sa.Uuid),
        sa.Column("unit_id", sa.Uuid),
        sa.ForeignKeyConstraint(["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"]),
        own_request(),
        sa.UniqueConstraint("organisation_id", "request_id"),
    )
    op.create_index(
        "ix_request_own_organisation_id_owner_user_id", "request_own", ["organisation_id", "owner_user_id"]
    )
    secure(op, "request_own", "owned")
    restrict(op, "request_own", "reach", "ALL", EDITORS)


def _statuses() -> None:
    op.create_table(
        "ask_status",
        *shared(),
        to("institution", nullable=False),
        to("ask", nullable=False),
        words("status"),
        sa.Column("held_on", sa.Date, nullable=False),
        words("words", server_default=""),
        words("url", nullable=True),
        sa.Column("request_id", sa.Uuid),
        sa.ForeignKeyConstraint(
            ["request_id", "institution_id", "campaign_id"],
            [
                "information_request.id",
                "information_request.institution_id",
                "information_request.campaign_id",
            ],
        ),
        one_of("status", STATUSES),
        sa.CheckConstraint("url ~* '^https?://'", name="url"),
        sa.CheckConstraint("char_length(words) <= 280", name="words"),
        sa.CheckConstraint(
            "status NOT IN ('partly_met', 'met', 'refused') OR words <> '' OR num_nonnulls(url, request_id) > 0",
            name="shown",
        ),
    )
    op.create_index(
        "ix_ask_status_campaign_id_ask_id_institution_id",
        "ask_status",
        ["campaign_id", "ask_id", "institution_id"],
    )
    op.create_index("ix_ask_status_institution_id", "ask_status", ["institution_id"])
    secure(op, "ask_status", "shared", write=False)
    restrict(op, "ask_status", "editors_add", "INSERT", EDITORS)


def downgrade() -> None:
    for table in ("ask_status", "request_own", "request_event", "information_request"):
        op.drop_table(table)
