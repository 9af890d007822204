"""Ending every membership of an organisation whose key is destroyed: the last act of one that leaves."""

from alembic import op

from organising.platform.schema import define

revision = "0064b_leaving"
down_revision = "0068_introductions"


def upgrade() -> None:
    # The guard of memberships lets nobody end their own; without a key there is nothing left to be a member of.
    define(
        op,
        "app.end_memberships()",
        "bigint",
        """
        DECLARE ended bigint;
        BEGIN
          IF app.purpose() <> 'coalition' OR coalesce(app.own_role(), '') NOT IN ('coordinator', 'admin')
             OR app.wrapped_key(app.org()) IS NOT NULL THEN
            RAISE insufficient_privilege USING MESSAGE = 'this organisation has not left';
          END IF;
          UPDATE membership SET ended_at = now() WHERE organisation_id = app.org() AND ended_at IS NULL;
          GET DIAGNOSTICS ended = ROW_COUNT;
          RETURN ended;
        END""",
        grant="organising_runtime",
        options="VOLATILE",
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION app.end_memberships()")
