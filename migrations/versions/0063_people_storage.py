"""Organisations that keep no person, held to it by the database; and requests by authorities, refused by default."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, one_of, owned, shared, words
from organising.platform.schema import define, policy, restrict, secure

revision = "0063_people_storage"
down_revision = "0062_going_live"

STAFF, COUNTER, PUBLIC = "organising_runtime", "organising_counter", "organising_public"
# Where a person comes in: what hangs below these goes and comes with them.
DOORS = ("contact", "contact_import", "pledge", "paper_batch", "letter")
STATES = ("refused", "reopened", "approved", "answered", "withdrawn")


def upgrade() -> None:
    _storage()
    _disclosures()


def _storage() -> None:
    op.create_table(
        "people_storage_off",
        *shared(),
        instant("ended_at"),
        words("ended_label", nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_label IS NULL)", name="ended"),
    )
    op.create_index(
        "uq_people_storage_off_open",
        "people_storage_off",
        ["organisation_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    # The public's page says who keeps the signer.
    secure(op, "people_storage_off", "shared", published="true")
    op.execute(f"REVOKE UPDATE, DELETE ON people_storage_off FROM {STAFF}")
    op.execute(f"GRANT UPDATE (ended_at, ended_label) ON people_storage_off TO {STAFF}")
    op.execute(f"GRANT SELECT ON people_storage_off TO {COUNTER}")
    policy(op, "people_storage_off", "definer", "SELECT", COUNTER, "true")
    define(
        op,
        "app.refuse_people()",
        "trigger",
        """
        BEGIN
          IF EXISTS (SELECT FROM people_storage_off s
                      WHERE s.organisation_id = NEW.organisation_id AND s.ended_at IS NULL) THEN
            RAISE EXCEPTION 'this organisation keeps no person' USING ERRCODE = 'insufficient_privilege';
          END IF;
          RETURN NEW;
        END""",
        grant="",
        options="VOLATILE",
    )
    for table in DOORS:
        op.execute(
            f"CREATE TRIGGER keeps_nobody BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION app.refuse_people()"
        )


def _disclosures() -> None:
    op.create_table(
        "disclosure_request",
        *owned(),
        words("authority"),
        words("basis"),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("asked_cipher", sa.LargeBinary, nullable=False),
        sa.Column("subject_cipher", sa.LargeBinary, nullable=False),
        sa.Column("reason_cipher", sa.LargeBinary),
        sa.Column("answer_cipher", sa.LargeBinary),
        words("state", server_default="refused"),
        sa.Column("first_approver", sa.Uuid),
        instant("first_approved_at"),
        sa.Column("second_approver", sa.Uuid),
        instant("second_approved_at"),
        instant("answered_at"),
        one_of("state", STATES),
        sa.CheckConstraint("first_approver <> second_approver", name="two_approvers"),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'answered') OR num_nonnulls(first_approver, second_approver, "
            "first_approved_at, second_approved_at, reason_cipher) = 5",
            name="approved",
        ),
        sa.CheckConstraint(
            "(state = 'answered') = (answered_at IS NOT NULL AND answer_cipher IS NOT NULL)", name="answered"
        ),
        sa.CheckConstraint("char_length(authority) BETWEEN 1 AND 200", name="authority"),
    )
    op.create_index(
        "ix_disclosure_request_organisation_id_created_at_id",
        "disclosure_request",
        ["organisation_id", "created_at", "id"],
    )
    secure(op, "disclosure_request", "owned")
    op.execute(f"REVOKE DELETE ON disclosure_request FROM {STAFF}")
    # It begins refused, whoever writes it.
    restrict(op, "disclosure_request", "begins_refused", "INSERT", "state = 'refused'")
    op.execute(f"GRANT SELECT ON disclosure_request TO {COUNTER}")
    policy(op, "disclosure_request", "definer", "SELECT", COUNTER, "true")
    define(
        op,
        "app.disclosure_counts()",
        "TABLE (year integer, received bigint, answered bigint)",
        "SELECT extract(year FROM received_on)::integer, count(*), count(*) FILTER (WHERE state = 'answered') "
        "FROM disclosure_request WHERE state <> 'withdrawn' GROUP BY 1 ORDER BY 1 DESC",
        grant=f"{STAFF}, {PUBLIC}",
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION app.disclosure_counts()")
    op.drop_table("disclosure_request")
    for table in DOORS:
        op.execute(f"DROP TRIGGER keeps_nobody ON {table}")
    op.execute("DROP FUNCTION app.refuse_people()")
    op.drop_table("people_storage_off")
