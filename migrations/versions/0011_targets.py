"""Targets with their supporters, changes that can be undone, and saved segments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from organising.platform.columns import instant, one_of, shared, subject, to, words
from organising.platform.schema import MEMBER, policy, restrict, secure

revision = "0011_targets"
down_revision = "0010_postcodes"

STAFF = "organising_runtime"
ROLE = "(SELECT app.own_role())"
ORGANISERS = f"{ROLE} IN ('coordinator', 'deputy', 'admin', 'organiser')"
# Row "targets" of the permission matrix: the coordinator edits any, others where their own organisation leads.
EDITORS = f"{ROLE} = 'coordinator' OR (lead_organisation_id = (SELECT app.org()) AND {ORGANISERS})"
OF_EDITORS = f"EXISTS (SELECT FROM target t WHERE t.id = target_id AND ({ROLE} = 'coordinator' OR (t.lead_organisation_id = (SELECT app.org()) AND {ORGANISERS})))"
TABLES = ("segment", "allocation_before", "allocation_change", "target_supporter", "target")


def member(column: str) -> sa.ForeignKeyConstraint:
    """An organisation of the row's own campaign."""
    return sa.ForeignKeyConstraint(
        ["campaign_id", column], ["campaign_member.campaign_id", "campaign_member.organisation_id"]
    )


def upgrade() -> None:
    _targets()
    _supporters()
    _changes()
    _segments()


def _targets() -> None:
    op.create_table(
        "target",
        *shared(),
        *subject(),
        sa.Column("lead_organisation_id", sa.Uuid),
        words("priority", nullable=True),
        words("tactic", nullable=True),
        sa.Column("version", sa.Integer, nullable=False),
        instant("updated_at", nullable=False),
        member("lead_organisation_id"),
        one_of("priority", ("A", "B", "C")),
        one_of("tactic", ("champion", "persuade", "maintain", "not_now")),
        sa.UniqueConstraint("campaign_id", "person_id"),
        sa.UniqueConstraint("campaign_id", "institution_id"),
        sa.UniqueConstraint("campaign_id", "id"),
    )
    op.create_index(
        "ix_target_campaign_id_lead_organisation_id", "target", ["campaign_id", "lead_organisation_id"]
    )
    secure(op, "target", "shared")
    policy(op, "target", "allocated", "UPDATE", STAFF, f"{MEMBER} AND ({EDITORS})")
    restrict(op, "target", "editors", "UPDATE", EDITORS)
    for command in ("INSERT", "DELETE"):
        restrict(op, "target", f"coordinator_{command.lower()}", command, f"{ROLE} = 'coordinator'")
    # A trigger, as no policy compares the row before with the row after.
    op.execute("""
        CREATE FUNCTION app.guard_target() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
        BEGIN
          IF current_user <> 'organising_runtime' THEN RETURN NEW; END IF;
          IF (NEW.id, NEW.campaign_id, NEW.organisation_id, NEW.author_label, NEW.person_id, NEW.institution_id)
             IS DISTINCT FROM
             (OLD.id, OLD.campaign_id, OLD.organisation_id, OLD.author_label, OLD.person_id, OLD.institution_id) THEN
            RAISE insufficient_privilege USING MESSAGE = 'a target stays whose and whom it is';
          END IF;
          IF NEW.lead_organisation_id IS DISTINCT FROM OLD.lead_organisation_id
             AND coalesce(app.own_role(), '') <> 'coordinator' THEN
            RAISE insufficient_privilege USING MESSAGE = 'who leads is the coordinator''s to say';
          END IF;
          RETURN NEW;
        END $body$""")
    op.execute("REVOKE ALL ON FUNCTION app.guard_target() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER guard BEFORE UPDATE ON target FOR EACH ROW EXECUTE FUNCTION app.guard_target()"
    )


def _supporters() -> None:
    op.create_table(
        "target_supporter",
        *shared(),
        sa.Column("target_id", sa.Uuid, nullable=False),
        sa.Column("supporter_organisation_id", sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id", "target_id"], ["target.campaign_id", "target.id"], ondelete="CASCADE"
        ),
        member("supporter_organisation_id"),
        sa.UniqueConstraint("target_id", "supporter_organisation_id"),
    )
    secure(op, "target_supporter", "shared")
    policy(op, "target_supporter", "led", "DELETE", STAFF, f"{MEMBER} AND {OF_EDITORS}")
    for command in ("INSERT", "DELETE"):
        restrict(op, "target_supporter", f"editors_{command.lower()}", command, OF_EDITORS)
    restrict(op, "target_supporter", "unchanged", "UPDATE", "false")


def _changes() -> None:
    op.create_table(
        "allocation_change",
        *shared(),
        sa.Column("changed", sa.Integer, nullable=False),
        instant("undone_at"),
    )
    secure(op, "allocation_change", "shared")
    op.create_table(
        "allocation_before",
        *shared(),
        to("allocation_change", "change_id", ondelete="CASCADE", nullable=False),
        to("target", ondelete="CASCADE", nullable=False, index=True),
        sa.Column("lead_organisation_id", sa.Uuid),
        words("priority", nullable=True),
        words("tactic", nullable=True),
        sa.Column("supporter_ids", ARRAY(sa.Uuid), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("change_id", "target_id"),
    )
    secure(op, "allocation_before", "shared", write=False)
    for table, commands in (
        ("allocation_change", ("INSERT", "UPDATE", "DELETE")),
        ("allocation_before", ("INSERT",)),
    ):
        for command in commands:
            restrict(op, table, f"organisers_{command.lower()}", command, ORGANISERS)


def _segments() -> None:
    op.create_table(
        "segment",
        *shared(),
        words("name"),
        words("criteria"),
        instant("removed_at"),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 80", name="name"),
    )
    op.create_index(
        "ix_segment_campaign_id", "segment", ["campaign_id"], postgresql_where=sa.text("removed_at IS NULL")
    )
    secure(op, "segment", "shared")
    for command in ("INSERT", "UPDATE", "DELETE"):
        restrict(op, "segment", f"organisers_{command.lower()}", command, ORGANISERS)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.execute("DROP FUNCTION app.guard_target()")
