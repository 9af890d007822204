"""Drives that open and close at a time; and milestones, reached once, each person told of them once."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, one_of, owned, shared, to, words
from organising.platform.schema import secure

revision = "0040_milestones"
down_revision = "0039_published"

OPEN_DRIVE = "EXISTS (SELECT FROM pledge_drive d WHERE d.id = drive_id AND d.status IN ('open', 'closed'))"
PUBLISHED = "status IN ('open', 'closed')"
ANNOUNCED = "status = 'draft' AND is_announced AND opens_at IS NOT NULL"


def upgrade() -> None:
    for name in ("opens_at", "closes_at"):
        op.add_column("pledge_drive", instant(name))
    op.add_column(
        "pledge_drive", sa.Column("is_announced", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.create_check_constraint(
        op.f("ck_pledge_drive_closes_after_opening"), "pledge_drive", "closes_at > opens_at"
    )
    op.execute(f"ALTER POLICY published ON pledge_drive USING ({PUBLISHED} OR ({ANNOUNCED}))")
    op.create_table(
        "pledge_milestone",
        *shared(),
        sa.Column("drive_id", sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id", "drive_id"], ["pledge_drive.campaign_id", "pledge_drive.id"]),
        sa.Column("number", sa.Integer, nullable=False),
        words("told"),
        *(words(name) for name in ("banner", "banner_cy", "banner_es", "banner_pt")),
        sa.Column("banner_days", sa.Integer, nullable=False),
        instant("reached_at"),
        instant("banner_until"),
        one_of("told", ("nobody", "coordinators", "organisers")),
        sa.CheckConstraint("number >= 10", name="number"),
        sa.CheckConstraint("banner_days BETWEEN 1 AND 60", name="banner_days"),
        sa.UniqueConstraint("drive_id", "number"),
    )
    secure(op, "pledge_milestone", "shared", published=OPEN_DRIVE)
    _history()
    op.create_table(
        "pledge_milestone_notice",
        *owned(),
        to("pledge_milestone", "milestone_id", ondelete="CASCADE", nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        instant("sent_at", nullable=False),
        sa.UniqueConstraint("organisation_id", "milestone_id", "user_id"),
    )
    secure(op, "pledge_milestone_notice", "owned")


def _history() -> None:
    """What was reached stays as it was; only how long its banner hangs can still be shortened."""
    op.execute("""
        CREATE FUNCTION app.keep_milestone() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
        BEGIN
          IF OLD.reached_at IS NULL THEN RETURN coalesce(NEW, OLD); END IF;
          IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'a milestone that was reached is history'; END IF;
          IF to_jsonb(NEW) - 'banner_until' IS DISTINCT FROM to_jsonb(OLD) - 'banner_until'
             OR NEW.banner_until > OLD.banner_until THEN
            RAISE EXCEPTION 'a milestone that was reached is history';
          END IF;
          RETURN NEW;
        END $body$""")
    op.execute("REVOKE ALL ON FUNCTION app.keep_milestone() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER history BEFORE UPDATE OR DELETE ON pledge_milestone "
        "FOR EACH ROW EXECUTE FUNCTION app.keep_milestone()"
    )


def downgrade() -> None:
    op.drop_table("pledge_milestone_notice")
    op.drop_table("pledge_milestone")
    op.execute("DROP FUNCTION app.keep_milestone")
    op.execute(f"ALTER POLICY published ON pledge_drive USING ({PUBLISHED})")
    op.drop_constraint(op.f("ck_pledge_drive_closes_after_opening"), "pledge_drive", type_="check")
    for name in ("is_announced", "closes_at", "opens_at"):
        op.drop_column("pledge_drive", name)
