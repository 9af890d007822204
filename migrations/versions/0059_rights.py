"""The rights desk: requests with their clock, flags that contacts bear, and the ledger by which an erasure is repeated."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from organising.platform.columns import instant, one_of, owned, words
from organising.platform.schema import policy, restrict, secure

revision = "0059_rights"
down_revision = "0058_stops"

PUBLIC = "organising_public"
# A person of the organisation's: its admins and the coordinator; a job of the organisation itself.
DESK = "(SELECT app.usr()) IS NULL OR (SELECT app.own_role()) IN ('coordinator', 'admin')"
KINDS = ("access", "correction", "erasure", "objection", "restriction", "complaint")
STATES = ("unconfirmed", "open", "done", "refused", "dropped")
CAME_BY = ("page", "email", "phone", "post", "in_person")
IDENTITY = ("mail", "known", "called_back", "document")
LANGUAGE = (
    "confirmation_language IS NULL OR "
    "(confirmation_language IN ('cy', 'es', 'pt') AND confirmation_sent_at IS NULL)"
)
REASONS = ("unsubscribed", "bounced")
MORE_REASONS = ("objected", "restricted", "erased")


def upgrade() -> None:
    _requests()
    _pauses_and_mail()
    _ledger()
    for name in ("restricted_at", "objected_at"):
        op.add_column("contact", instant(name))
    _suppress_for(lambda held: [*held, *(one for one in MORE_REASONS if one not in held)])


def _requests() -> None:
    op.create_table(
        "rights_request",
        *owned(),
        sa.Column("number", sa.Integer),
        words("kind"),
        words("state"),
        words("came_by"),
        *[
            sa.Column(f"{name}_cipher", sa.LargeBinary)
            for name in ("name", "email", "words", "answer", "reason", "language")
        ],
        sa.Column("email_key", sa.LargeBinary),
        sa.Column("contact_id", sa.Uuid),
        sa.Column("by_name", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("received_on", sa.Date, nullable=False),
        instant("confirmed_at"),
        words("identity_by", nullable=True),
        instant("identity_at"),
        words("identity_label", nullable=True),
        sa.Column("extended_on", sa.Date),
        instant("ended_at"),
        instant("details_removed_at"),
        sa.Column("left_out", JSONB, nullable=False, server_default="[]"),
        sa.Column("link_version", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("erasure_id", sa.Uuid),
        words("author_label"),
        *[instant(f"confirmation_{name}_at") for name in ("due", "sent", "refused")],
        sa.Column("confirmation_tries", sa.Integer, nullable=False, server_default="0"),
        words("confirmation_language", nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "contact_id"],
            ["contact.organisation_id", "contact.id"],
            ondelete="SET NULL (contact_id)",
        ),
        sa.UniqueConstraint("organisation_id", "number"),
        one_of("kind", KINDS),
        one_of("state", STATES),
        one_of("came_by", CAME_BY),
        one_of("identity_by", IDENTITY),
        sa.CheckConstraint("(state = 'unconfirmed') = (number IS NULL)", name="number"),
        sa.CheckConstraint("(identity_by IS NULL) = (identity_at IS NULL)", name="identity"),
        sa.CheckConstraint(
            "(state IN ('done', 'refused', 'dropped')) = (ended_at IS NOT NULL)", name="ended"
        ),
        sa.CheckConstraint(LANGUAGE, name="confirmation_language"),
    )
    for columns in (("state", "received_on"), ("email_key",), ("contact_id",)):
        op.create_index(
            f"ix_rights_request_organisation_id_{'_'.join(columns)}",
            "rights_request",
            ["organisation_id", *columns],
        )
    secure(op, "rights_request", "owned")
    restrict(op, "rights_request", "desk", "ALL", DESK)
    op.execute(
        "CREATE TRIGGER language BEFORE UPDATE ON rights_request FOR EACH ROW "
        "WHEN (NEW.confirmation_language IS NOT NULL) EXECUTE FUNCTION app.forget_language()"
    )
    # The public writes one request of its own, unconfirmed, and reads none.
    op.execute(f"GRANT INSERT ON rights_request TO {PUBLIC}")
    policy(
        op,
        "rights_request",
        "ask",
        "INSERT",
        PUBLIC,
        "id = (SELECT app.subject()) AND state = 'unconfirmed' AND came_by = 'page' AND contact_id IS NULL "
        "AND identity_by IS NULL AND confirmation_sent_at IS NULL",
    )


def _pauses_and_mail() -> None:
    op.create_table(
        "rights_pause",
        *owned(),
        sa.Column("request_id", sa.Uuid, nullable=False),
        words("reason"),
        sa.Column("started_on", sa.Date, nullable=False),
        sa.Column("ended_on", sa.Date),
        _of_request(),
        one_of("reason", ("identity", "clarification")),
        sa.CheckConstraint("ended_on >= started_on", name="days"),
    )
    op.create_index(
        "uq_rights_pause_open",
        "rights_pause",
        ["organisation_id", "request_id"],
        unique=True,
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_table(
        "rights_mail",
        *owned(),
        sa.Column("request_id", sa.Uuid, nullable=False),
        words("kind"),
        sa.Column("address_cipher", sa.LargeBinary),
        sa.Column("words_cipher", sa.LargeBinary),
        sa.Column("language_cipher", sa.LargeBinary),
        instant("sent_at"),
        sa.Column("refusal_code", sa.SmallInteger),
        _of_request(),
        one_of("kind", ("bundle", "answer", "erased")),
    )
    op.create_index(
        "ix_rights_mail_organisation_id_request_id", "rights_mail", ["organisation_id", "request_id"]
    )
    op.create_index(
        "ix_rights_mail_unsent",
        "rights_mail",
        ["organisation_id", "created_at"],
        postgresql_where=sa.text("sent_at IS NULL AND refusal_code IS NULL"),
    )
    for table in ("rights_pause", "rights_mail"):
        secure(op, table, "owned")
        restrict(op, table, "desk", "ALL", DESK)


def _of_request() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", "request_id"],
        ["rights_request.organisation_id", "rights_request.id"],
        ondelete="CASCADE",
    )


def _ledger() -> None:
    op.create_table(
        "erasure",
        *owned(),
        sa.Column("number", sa.Integer, nullable=False),
        words("author_label"),
        sa.Column("counts", JSONB, nullable=False),
        instant("kept_at"),
        sa.UniqueConstraint("organisation_id", "number"),
        sa.CheckConstraint("number > 0", name="number"),
    )
    op.create_index(
        "ix_erasure_unkept",
        "erasure",
        ["organisation_id", "created_at"],
        postgresql_where=sa.text("kept_at IS NULL"),
    )
    op.create_table(
        "erased_row",
        *owned(),
        sa.Column("erasure_id", sa.Uuid, nullable=False),
        words("holding"),
        words("table_name"),
        sa.Column("row_id", sa.Uuid, nullable=False),
        _of_erasure(),
        sa.UniqueConstraint("organisation_id", "erasure_id", "holding", "table_name", "row_id"),
    )
    op.create_table(
        "erased_key",
        *owned(),
        sa.Column("erasure_id", sa.Uuid, nullable=False),
        words("kind"),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("address_hash", sa.LargeBinary),
        _of_erasure(),
        one_of("kind", ("email", "phone", "name")),
        sa.CheckConstraint("kind = 'email' OR address_hash IS NULL", name="address_hash"),
        sa.UniqueConstraint("organisation_id", "erasure_id", "key"),
    )
    op.create_index("ix_erased_key_organisation_id_key", "erased_key", ["organisation_id", "key"])
    for table in ("erasure", "erased_row", "erased_key"):
        secure(op, table, "owned")


def _of_erasure() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", "erasure_id"], ["erasure.organisation_id", "erasure.id"], ondelete="CASCADE"
    )


def _suppress_for(change: Callable[[list[str]], list[str]]) -> None:
    """Let suppressions have more reasons, or fewer, than they have by now: other migrations add theirs too."""
    definition = op.get_bind().scalar(
        sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck_suppression_reason'")
    )
    held = str(definition).split("'")[1::2]
    op.drop_constraint(op.f("ck_suppression_reason"), "suppression")
    kept = change(held)
    op.create_check_constraint(
        op.f("ck_suppression_reason"), "suppression", str(one_of("reason", kept).sqltext)
    )


def downgrade() -> None:
    listed = ", ".join(f"'{one}'" for one in MORE_REASONS)
    op.execute(f"DELETE FROM suppression WHERE reason IN ({listed})")
    _suppress_for(lambda held: [one for one in held if one not in MORE_REASONS])
    for name in ("objected_at", "restricted_at"):
        op.drop_column("contact", name)
    for table in ("erased_key", "erased_row", "erasure", "rights_mail", "rights_pause", "rights_request"):
        op.drop_table(table)
