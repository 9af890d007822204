"""The audit log's seals: a hash chain per organisation, written by a definer function alone."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import created
from organising.platform.schema import define, policy, secure

revision = "0054_audit_seals"
down_revision = "0053b_contact_imports"

STAFF, COUNTER = "organising_runtime", "organising_counter"
# What the product writes: not the transaction's number, by which the sealer knows what it has passed.
WRITTEN = "organisation_id, id, user_id, action, subject_type, subject_id, facts, created_at"
# Both are in organising.platform.audit_chain too, which computes them again: what was sealed once is read so for ever.
SEALED_TEXT = """jsonb_build_array(1, place, e.organisation_id, e.id, e.user_id, e.action, e.subject_type, e.subject_id,
              (extract(epoch FROM e.created_at) * 1000000)::bigint, e.facts,
              (extract(epoch FROM moment) * 1000000)::bigint)::text"""
NOTHING_BEFORE = "decode(repeat('00', 32), 'hex')"


def upgrade() -> None:
    # Volatile, so that rows there already are written anew with the number of this migration's transaction.
    op.add_column(
        "audit_event",
        sa.Column(
            "tx",
            sa.BigInteger,
            nullable=False,
            server_default=sa.text("(pg_current_xact_id()::text::bigint)"),
        ),
    )
    op.create_index("ix_audit_event_organisation_id_tx", "audit_event", ["organisation_id", "tx"])
    op.execute(f"REVOKE INSERT ON audit_event FROM {STAFF}")
    op.execute(f"GRANT INSERT ({WRITTEN}) ON audit_event TO {STAFF}")
    op.create_table(
        "audit_seal",
        sa.Column("organisation_id", sa.Uuid, sa.ForeignKey("organisation.id"), primary_key=True),
        # The event's. No foreign key: a seal stays and tells of the event that was taken away.
        sa.Column("id", sa.Uuid, primary_key=True),
        created(),
        sa.Column("place", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("organisation_id", "place"),
        sa.CheckConstraint("place > 0", name="place"),
        sa.CheckConstraint("octet_length(hash) = 32", name="hash"),
    )
    secure(op, "audit_seal", "owned", write=False)
    op.execute(f"REVOKE INSERT ON audit_seal FROM {STAFF}")
    op.execute(f"GRANT SELECT ON audit_event TO {COUNTER}")
    policy(op, "audit_event", "definer", "SELECT", COUNTER, "true")
    op.execute(f"GRANT SELECT, INSERT ON audit_seal TO {COUNTER}")
    policy(op, "audit_seal", "definer_select", "SELECT", COUNTER, "true")
    policy(op, "audit_seal", "definer_insert", "INSERT", COUNTER, "true")
    _sealer()


def _sealer() -> None:
    """Seal finished transactions in their order; whoever comes meanwhile does nothing.

    A transaction still open keeps those after it unsealed for as long (``pg_snapshot_xmin``), so that nothing is ever
    put in before a place already taken. Numbers above the present come from another server: a restored dump. There the
    sealer looks through everything once, until an event of this server's is last.
    """
    define(
        op,
        "app.seal_audit(o uuid, most integer)",
        "bigint",
        f"""
        DECLARE e audit_event; last audit_seal; lo bigint; hi bigint; above bigint; place bigint; before bytea;
          moment timestamptz := clock_timestamp(); sealed bigint := 0;
        BEGIN
          IF NOT pg_try_advisory_xact_lock(hashtextextended('organising audit ' || o, 0)) THEN RETURN 0; END IF;
          SELECT * INTO last FROM audit_seal s WHERE s.organisation_id = o ORDER BY s.place DESC LIMIT 1;
          place := coalesce(last.place, 0);
          before := coalesce(last.hash, {NOTHING_BEFORE});
          hi := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
          above := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
          SELECT v.tx INTO lo FROM audit_event v WHERE v.organisation_id = o AND v.id = last.id;
          IF lo >= above THEN lo := NULL; END IF;
          FOR e IN SELECT v.* FROM audit_event v
              WHERE v.organisation_id = o AND v.tx >= coalesce(lo, 0)
                AND (v.tx < hi OR (lo IS NULL AND v.tx >= above))
                AND NOT EXISTS (SELECT FROM audit_seal s WHERE s.organisation_id = o AND s.id = v.id)
              ORDER BY v.tx < above, v.tx, v.created_at, v.id LIMIT most LOOP
            place := place + 1;
            before := sha256(before || convert_to({SEALED_TEXT}, 'UTF8'));
            INSERT INTO audit_seal (organisation_id, id, created_at, place, hash) VALUES (o, e.id, moment, place, before);
            sealed := sealed + 1;
          END LOOP;
          RETURN sealed;
        END""",
        grant=STAFF,
        options="VOLATILE",
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION app.seal_audit(uuid, integer)")
    op.drop_table("audit_seal")
    op.execute("DROP POLICY definer ON audit_event")
    op.execute(f"REVOKE SELECT ON audit_event FROM {COUNTER}")
    op.execute(f"REVOKE INSERT ({WRITTEN}) ON audit_event FROM {STAFF}")
    op.execute(f"GRANT INSERT ON audit_event TO {STAFF}")
    op.drop_column("audit_event", "tx")
