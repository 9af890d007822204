"""Units with areas, officers and their terms, and a history; an organiser's reach of a subtree."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from organising.platform.columns import instant, one_of, owned, to, words
from organising.platform.schema import define, policy, redefine, restrict, secure

revision = "0071_units"
down_revision = "0072_planning"

STAFF, COUNTER = "organising_runtime", "organising_counter"
UNIT = ["unit.organisation_id", "unit.id"]
OFFICER = ["unit_officer.organisation_id", "unit_officer.id"]
ROLES = (
    "secretary", "president", "vice_president", "chair", "treasurer", "membership_officer",
    "equalities_officer", "campaigns_officer", "representative", "other",
)  # fmt: skip
KINDS = (
    "added", "renamed", "moved", "areas_changed", "closed", "reopened",
    "officer_added", "officer_edited", "officer_ended", "handed_over", "acted_for",
)  # fmt: skip
TODAY = "(now() AT TIME ZONE 'Europe/London')::date"
MINE = "FROM membership WHERE user_id = app.usr() AND organisation_id = app.org() AND ended_at IS NULL"
IN_CHARGE = "(SELECT app.own_role()) IN ('coordinator', 'admin')"
# A job has no person; its purpose says what it is for.
JOB = "(SELECT app.usr()) IS NULL"
REACH = (
    f"{JOB} OR (SELECT app.own_role()) IN ('coordinator', 'deputy', 'admin') "
    "OR ((SELECT app.own_role()) = 'officer' AND unit_id = (SELECT app.own_unit())) "
    "OR ((SELECT app.own_role()) = 'organiser' AND ((SELECT app.units_in_reach()) IS NULL "
    "OR unit_id = ANY ((SELECT app.units_in_reach())::uuid[])))"
)


def upgrade() -> None:
    _units()
    _memberships()
    _officers()
    _history()
    _reach()
    _policies()
    _offices_of_members()
    _acceptance(
        f"""
          UPDATE unit_officer o SET user_id = member WHERE o.organisation_id = i.organisation_id
             AND o.user_id IS NULL AND o.removed_at IS NULL AND (o.id = i.officer_id OR o.email_key = i.email_key);
          IF i.officer_id IS NOT NULL THEN
            -- The office must still be theirs: its term is the membership's.
            SELECT CASE WHEN bool_or(o.ends_on IS NULL) THEN NULL ELSE max(o.ends_on) END, count(*) INTO last, offices
              FROM unit_officer o WHERE o.organisation_id = i.organisation_id AND o.unit_id = i.unit_id
               AND o.user_id = member AND o.removed_at IS NULL AND (o.ends_on IS NULL OR o.ends_on >= {TODAY});
            IF offices = 0 THEN RAISE EXCEPTION 'this office has ended'; END IF;
          END IF;
          INSERT INTO membership (id, user_id, organisation_id, unit_id, subtree_id, role, ends_on)
            VALUES (gen_random_uuid(), member, i.organisation_id, i.unit_id, i.subtree_id, i.role, last)
            ON CONFLICT (user_id, organisation_id) WHERE ended_at IS NULL
            DO UPDATE SET role = excluded.role, unit_id = excluded.unit_id, subtree_id = excluded.subtree_id,
                          ends_on = excluded.ends_on;
        """,
        "IF hash IS NOT NULL THEN INSERT INTO credential (user_id, password_hash) VALUES (person, hash); "
        "ELSIF i.role <> 'officer' THEN RAISE EXCEPTION 'only an officer comes without a password'; END IF;",
    )


def _acceptance(membership: str, credential: str) -> None:
    """Accepting an invitation, as 0001 made it, with these two steps of it."""
    redefine(
        op,
        "app.accept_invitation(invited uuid, person uuid, cipher bytea, name text, hash text)",
        "uuid",
        f"""
        DECLARE i invitation; member uuid; last date; offices int;
        BEGIN
          IF app.purpose() IS DISTINCT FROM 'identity' THEN RETURN NULL; END IF;
          UPDATE invitation SET accepted_at = now() WHERE id = invited AND accepted_at IS NULL
             AND withdrawn_at IS NULL AND expires_at > now() RETURNING * INTO i;
          IF NOT FOUND THEN RETURN NULL; END IF;
          -- Until somebody is there, others invite for the organisation: whoever comes first ends that.
          PERFORM pg_advisory_xact_lock(hashtextextended(i.organisation_id::text, 9));
          IF NOT EXISTS (SELECT FROM membership m WHERE m.organisation_id = i.organisation_id AND m.ended_at IS NULL) THEN
            UPDATE invitation o SET withdrawn_at = now() WHERE o.organisation_id = i.organisation_id
               AND o.id <> i.id AND o.accepted_at IS NULL AND o.withdrawn_at IS NULL;
          END IF;
          SELECT id INTO member FROM "user" WHERE email_key = i.email_key;
          IF member IS NULL THEN
            INSERT INTO "user" (id, email_key, email_cipher, display_name) VALUES (person, i.email_key, cipher, name);
            {credential}
            member := person;
          ELSIF member IS DISTINCT FROM person THEN
            RAISE EXCEPTION 'this invitation is for another person';
          END IF;
          {membership}
          RETURN member;
        END
        """,
        options="VOLATILE",
    )


def _unit_key(column: str = "unit_id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["organisation_id", column], UNIT)


def _units() -> None:
    op.add_column("unit", words("code", nullable=True))
    op.add_column("unit", instant("closed_at"))
    op.create_unique_constraint("uq_unit_organisation_id_code", "unit", ["organisation_id", "code"])
    op.create_table(
        "unit_area",
        *owned(),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        words("gss_code"),
        words("kind"),
        words("area_name"),
        _unit_key(),
        sa.UniqueConstraint("organisation_id", "unit_id", "gss_code"),
    )
    op.create_index("ix_unit_area_organisation_id_gss_code", "unit_area", ["organisation_id", "gss_code"])
    secure(op, "unit_area", "owned")


def _memberships() -> None:
    for table in ("membership", "invitation"):
        op.add_column(table, sa.Column("subtree_id", sa.Uuid))
        op.create_foreign_key(
            f"fk_{table}_organisation_id_subtree_id", table, "unit",
            ["organisation_id", "subtree_id"], ["organisation_id", "id"],
        )  # fmt: skip
        op.create_check_constraint("subtree_of_organiser", table, "subtree_id IS NULL OR role = 'organiser'")
    op.add_column("membership", sa.Column("ends_on", sa.Date))
    op.add_column("invitation", sa.Column("officer_id", sa.Uuid))


def _officers() -> None:
    op.create_table(
        "unit_officer",
        *owned(),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        words("role"),
        to("user"),
        sa.Column("name_cipher", sa.LargeBinary),
        sa.Column("email_cipher", sa.LargeBinary),
        sa.Column("email_key", sa.LargeBinary),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date),
        sa.Column("follows_id", sa.Uuid),
        instant("followed_at"),
        instant("removed_at"),
        _unit_key(),
        sa.ForeignKeyConstraint(["organisation_id", "follows_id"], OFFICER, ondelete="SET NULL (follows_id)"),
        one_of("role", ROLES),
        sa.CheckConstraint("ends_on >= starts_on", name="term"),
        sa.CheckConstraint("user_id IS NOT NULL OR name_cipher IS NOT NULL", name="somebody"),
    )
    for column in ("unit_id", "email_key", "user_id"):
        op.create_index(
            f"ix_unit_officer_organisation_id_{column}", "unit_officer", ["organisation_id", column]
        )
    op.execute(
        "ALTER TABLE invitation ADD CONSTRAINT fk_invitation_organisation_id_officer_id FOREIGN KEY "
        "(organisation_id, officer_id) REFERENCES unit_officer (organisation_id, id) ON DELETE SET NULL (officer_id)"
    )
    secure(op, "unit_officer", "owned")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON unit_officer TO {COUNTER}")
    policy(op, "unit_officer", "definer", "ALL", COUNTER, "true")


def _history() -> None:
    op.create_table(
        "unit_change",
        *owned(),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        words("kind"),
        sa.Column("author_user_id", sa.Uuid),
        words("author_label"),
        sa.Column("officer_id", sa.Uuid),
        sa.Column("before", JSONB, nullable=False, server_default="{}"),
        sa.Column("after", JSONB, nullable=False, server_default="{}"),
        instant("undone_at"),
        _unit_key(),
        one_of("kind", KINDS),
        sa.ForeignKeyConstraint(["organisation_id", "officer_id"], OFFICER, ondelete="SET NULL (officer_id)"),
    )
    op.create_index(
        "ix_unit_change_organisation_id_unit_id_created_at",
        "unit_change",
        ["organisation_id", "unit_id", "created_at"],
    )
    secure(op, "unit_change", "owned")


def _reach() -> None:
    """A role lasts until its last day; an organiser may be limited to a unit and what is below it."""
    lasts = f"(ends_on IS NULL OR ends_on >= {TODAY})"
    redefine(op, "app.own_role()", "text", f"SELECT role {MINE} AND {lasts}")
    redefine(op, "app.own_unit()", "uuid", f"SELECT unit_id {MINE} AND {lasts}")
    define(
        op,
        "app.units_in_reach()",
        "uuid[]",
        f"""
        WITH RECURSIVE below AS (
          SELECT u.id FROM unit u WHERE u.organisation_id = app.org() AND u.id = (SELECT subtree_id {MINE} AND {lasts})
          UNION SELECT u.id FROM unit u JOIN below b ON u.organisation_id = app.org() AND u.parent_id = b.id)
        SELECT array_agg(id) FROM below
        """,
        grant=STAFF,
    )
    define(
        op,
        "app.end_terms()",
        "TABLE (membership_id uuid, unit_id uuid)",
        f"UPDATE membership SET ended_at = now() WHERE organisation_id = app.org() AND app.usr() IS NULL "
        f"AND ended_at IS NULL AND ends_on < {TODAY} RETURNING membership.id, membership.unit_id",
        grant=STAFF,
        options="VOLATILE",
    )


def _policies() -> None:
    """Who holds which office is shown to those who work with units, and changed by those in charge."""
    restrict(op, "unit_officer", "in_reach", "SELECT", REACH)
    for command in ("INSERT", "UPDATE", "DELETE"):
        restrict(op, "unit_officer", f"in_charge_{command.lower()}", command, f"{IN_CHARGE} OR {JOB}")


def _offices_of_members() -> None:
    """A member whose role is a unit's officer holds an office there, as long as the membership lasts."""
    define(
        op,
        "app.keep_office()",
        "trigger",
        f"""
        BEGIN
          IF TG_OP = 'UPDATE' AND OLD.role = 'officer' AND OLD.ended_at IS NULL
             AND (NEW.ended_at IS NOT NULL OR NEW.unit_id IS DISTINCT FROM OLD.unit_id) THEN
            UPDATE unit_officer o SET removed_at = now() WHERE o.organisation_id = OLD.organisation_id
              AND o.unit_id = OLD.unit_id AND o.user_id = OLD.user_id AND o.removed_at IS NULL AND o.starts_on >= {TODAY};
            UPDATE unit_officer o SET ends_on = {TODAY} - 1 WHERE o.organisation_id = OLD.organisation_id
              AND o.unit_id = OLD.unit_id AND o.user_id = OLD.user_id AND o.removed_at IS NULL
              AND (o.ends_on IS NULL OR o.ends_on >= {TODAY});
          END IF;
          IF NEW.role = 'officer' AND NEW.ended_at IS NULL AND NOT EXISTS (
              SELECT FROM unit_officer o WHERE o.organisation_id = NEW.organisation_id AND o.unit_id = NEW.unit_id
                AND o.user_id = NEW.user_id AND o.removed_at IS NULL AND (o.ends_on IS NULL OR o.ends_on >= {TODAY})) THEN
            INSERT INTO unit_officer (organisation_id, id, unit_id, role, user_id, starts_on, ends_on)
              VALUES (NEW.organisation_id, gen_random_uuid(), NEW.unit_id, 'other', NEW.user_id,
                      least({TODAY}, coalesce(NEW.ends_on, {TODAY})), NEW.ends_on);
          END IF;
          RETURN NULL;
        END
        """,
        grant="",
        options="VOLATILE",
    )
    op.execute(
        "CREATE TRIGGER office AFTER INSERT OR UPDATE OF role, unit_id, ended_at ON membership "
        "FOR EACH ROW EXECUTE FUNCTION app.keep_office()"
    )
    op.execute(
        "INSERT INTO unit_officer (organisation_id, id, unit_id, role, user_id, starts_on) "
        "SELECT organisation_id, gen_random_uuid(), unit_id, 'other', user_id, "
        "(created_at AT TIME ZONE 'Europe/London')::date FROM membership WHERE role = 'officer' AND ended_at IS NULL"
    )


def downgrade() -> None:
    _acceptance(
        """
          INSERT INTO membership (id, user_id, organisation_id, unit_id, role)
            VALUES (gen_random_uuid(), member, i.organisation_id, i.unit_id, i.role)
            ON CONFLICT (user_id, organisation_id) WHERE ended_at IS NULL
            DO UPDATE SET role = excluded.role, unit_id = excluded.unit_id;
        """,
        "INSERT INTO credential (user_id, password_hash) VALUES (person, hash);",
    )
    op.execute("DROP TRIGGER office ON membership")
    op.execute("DROP FUNCTION app.keep_office()")
    for command in ("in_reach", "in_charge_insert", "in_charge_update", "in_charge_delete"):
        op.execute(f"DROP POLICY {command} ON unit_officer")
    for function in ("end_terms", "units_in_reach"):
        op.execute(f"DROP FUNCTION app.{function}()")
    redefine(op, "app.own_role()", "text", f"SELECT role {MINE}")
    redefine(op, "app.own_unit()", "uuid", f"SELECT unit_id {MINE}")
    op.drop_table("unit_change")
    op.drop_column("invitation", "officer_id")
    op.drop_table("unit_officer")
    op.drop_column("membership", "ends_on")
    for table in ("membership", "invitation"):
        op.drop_constraint("subtree_of_organiser", table, type_="check")
        op.drop_column(table, "subtree_id")
    op.drop_table("unit_area")
    op.drop_constraint("uq_unit_organisation_id_code", "unit", type_="unique")
    op.drop_column("unit", "closed_at")
    op.drop_column("unit", "code")
