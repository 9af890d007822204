"""The firewall: schemas, the verified context, identity, organisations, campaign, keys and audit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from organising.platform.schema import OWN, define, policy, secure

revision = "0001_firewall"
down_revision = None

STAFF = "organising_runtime"
ALL = "organising_runtime, organising_public, organising_counter"


def instant(name: str, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def created() -> sa.Column:
    return sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())


def upgrade() -> None:
    _schemas()
    _context()
    _organisations()
    _identity()
    _campaign()
    _units_and_memberships()
    _lookups()
    _identity_functions()
    _founding()
    _roles()
    _audit()
    secure(op, "alembic_version", "reference", purpose="nobody")


def _schemas() -> None:
    for schema in ("app", "vault", "counting"):
        op.execute(f"CREATE SCHEMA {schema}")
    op.execute(f"GRANT USAGE ON SCHEMA public, app TO {ALL}")
    op.execute("GRANT USAGE ON SCHEMA vault, counting TO organising_counter")


def _context() -> None:
    """The context is believed only where its HMAC verifies; the key is read by the definer alone.

    There is no pgcrypto in the embedded server: HMAC is written out over the built-in sha256 (RFC 2104).
    """
    op.create_table(
        "context_key",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("inner_pad", sa.LargeBinary, nullable=False),
        sa.Column("outer_pad", sa.LargeBinary, nullable=False),
        created(),
        schema="vault",
    )
    op.execute(
        "CREATE FUNCTION app.maintenance() RETURNS bool LANGUAGE sql STABLE "
        "RETURN coalesce(current_setting('app.maintenance', true), '') = 'on'"
    )
    secure(op, "vault.context_key", "aggregate")
    define(
        op,
        "app.claims()",
        "text[]",
        """
        DECLARE raw text := current_setting('app.context', true); body text; mac text;
        BEGIN
          IF coalesce(raw, '') = '' THEN RETURN NULL; END IF;
          body := left(raw, -65); mac := right(raw, 64);
          IF split_part(body, '.', 1) <> '1' OR split_part(body, '.', 2) !~ '^[0-9]{1,12}$' THEN RETURN NULL; END IF;
          IF to_timestamp(split_part(body, '.', 2)::bigint) < transaction_timestamp() THEN RETURN NULL; END IF;
          IF NOT EXISTS (SELECT FROM vault.context_key k WHERE mac =
              encode(sha256(k.outer_pad || sha256(k.inner_pad || convert_to(body, 'UTF8'))), 'hex')) THEN
            RETURN NULL;
          END IF;
          RETURN string_to_array(body, '.');
        END
        """,
        grant=ALL,
        options="STABLE PARALLEL SAFE",
    )
    # RETURN is resolved here and now. A body in quotes would be read again at each call, with the caller's search path:
    # a type of theirs named uuid, with a cast of theirs, could then answer with any organisation.
    for name, place, kind in (
        ("org", 3, "uuid"),
        ("usr", 4, "uuid"),
        ("subject", 5, "uuid"),
        ("purpose", 6, "text"),
    ):
        op.execute(
            f"CREATE FUNCTION app.{name}() RETURNS {kind} LANGUAGE sql STABLE PARALLEL SAFE "
            f"RETURN nullif((app.claims())[{place}], '')::{kind}"
        )
        op.execute(f"REVOKE ALL ON FUNCTION app.{name}() FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION app.{name}() TO {ALL}")


def _organisations() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("short_name", sa.Text, nullable=False),
        sa.Column("slug", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        instant("left_at"),
        created(),
        sa.CheckConstraint(
            "kind IN ('ngo','union','charity','community','professional','council')", name="kind"
        ),
    )
    secure(op, "organisation", "reference", purpose="coalition")
    policy(op, "organisation", "own_update", "UPDATE", STAFF, "id = (SELECT app.org())")
    op.create_table(
        "organisation_key",
        sa.Column("organisation_id", sa.Uuid, sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        instant("destroyed_at"),
        created(),
    )
    secure(op, "organisation_key", "owned")


def _identity() -> None:
    op.create_table(
        "user",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("email_key", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("email_cipher", sa.LargeBinary, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("session_epoch", sa.Integer, nullable=False, server_default="0"),
        created(),
    )
    op.create_table(
        "credential",
        sa.Column("user_id", sa.Uuid, sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("failed_count", sa.Integer, nullable=False, server_default="0"),
        instant("failed_at"),
        created(),
    )
    op.create_table(
        "password_reset",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("user_id", sa.Uuid, sa.ForeignKey("user.id", ondelete="CASCADE"), nullable=False),
        instant("expires_at", nullable=False),
        instant("sent_at"),
        instant("used_at"),
        created(),
        schema=None,
    )
    op.create_index("ix_password_reset_user_id", "password_reset", ["user_id"])
    for table in ("user", "credential", "password_reset"):
        secure(op, table, "identity")
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO organising_counter')
        policy(op, table, "definer", "ALL", "organising_counter", "true")


def _campaign() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("slug", sa.Text, nullable=False, unique=True),
        sa.Column("strapline", sa.Text, nullable=False, server_default=""),
        sa.Column("accent", sa.Text, nullable=False, server_default="vermilion"),
        created(),
    )
    secure(op, "campaign", "reference", purpose="coalition")
    op.create_table(
        "campaign_member",
        sa.Column("campaign_id", sa.Uuid, sa.ForeignKey("campaign.id"), primary_key=True),
        sa.Column("organisation_id", sa.Uuid, sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("coalition_status", sa.Text, nullable=False),
        created(),
        sa.CheckConstraint(
            "coalition_status IN ('prospect','contributor','invited','member','lead','left')", name="status"
        ),
    )
    op.create_index("ix_campaign_member_organisation_id", "campaign_member", ["organisation_id"])
    secure(op, "campaign_member", "reference", purpose="coalition")
    define(
        op,
        "app.campaigns()",
        "uuid[]",
        "SELECT coalesce(array_agg(campaign_id), '{}') FROM campaign_member "
        "WHERE organisation_id = app.org() AND coalition_status <> 'left'",
        grant=STAFF,
    )
    op.create_table(
        "ask",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("campaign_id", sa.Uuid, nullable=False),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("author_label", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("wording", sa.Text, nullable=False),
        sa.Column("sector", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("decision_office", sa.Text, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        instant("closed_at"),
        created(),
        sa.UniqueConstraint("campaign_id", "code"),
        sa.ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["campaign_member.campaign_id", "campaign_member.organisation_id"],
        ),
    )
    secure(op, "ask", "shared", published="true")


def _units_and_memberships() -> None:
    op.create_table(
        "unit",
        sa.Column("organisation_id", sa.Uuid, sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("parent_id", sa.Uuid),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        created(),
        sa.ForeignKeyConstraint(["organisation_id", "parent_id"], ["unit.organisation_id", "unit.id"]),
        sa.CheckConstraint(
            "kind IN ('national','region','district','branch','workplace_group','local_group')", name="kind"
        ),
    )
    op.create_index("ix_unit_organisation_id_parent_id", "unit", ["organisation_id", "parent_id"])
    secure(op, "unit", "owned")
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("user_id", sa.Uuid, sa.ForeignKey("user.id"), nullable=False),
        sa.Column("organisation_id", sa.Uuid, sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("unit_id", sa.Uuid),
        sa.Column("role", sa.Text, nullable=False),
        instant("ended_at"),
        created(),
        sa.ForeignKeyConstraint(["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"]),
        sa.CheckConstraint(
            "role IN ('coordinator','deputy','admin','organiser','officer','analyst')", name="role"
        ),
        sa.CheckConstraint("(role = 'officer') = (unit_id IS NOT NULL)", name="officer_has_unit"),
    )
    op.create_index("ix_membership_user_id", "membership", ["user_id"])
    op.create_index("ix_membership_organisation_id", "membership", ["organisation_id"])
    op.create_index(
        "uq_membership_open",
        "membership",
        ["user_id", "organisation_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    secure(op, "membership", "identity")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON membership TO {STAFF}")
    op.execute("GRANT SELECT, INSERT, UPDATE ON membership TO organising_counter")
    policy(op, "membership", "definer", "ALL", "organising_counter", "true")
    policy(op, "membership", "mine_or_ours", "SELECT", STAFF, f"user_id = (SELECT app.usr()) OR {OWN}")
    policy(op, "membership", "ours", "UPDATE", STAFF, OWN)
    policy(op, "membership", "founding", "INSERT", STAFF, "(SELECT app.purpose()) = 'setup'")
    op.execute(f'GRANT SELECT, INSERT, UPDATE ON "user" TO {STAFF}')
    policy(
        op,
        "user",
        "me_or_colleague",
        "SELECT",
        STAFF,
        'id = (SELECT app.usr()) OR EXISTS (SELECT FROM membership m WHERE m.user_id = "user".id '
        "AND m.organisation_id = (SELECT app.org()))",
    )
    policy(op, "user", "me", "UPDATE", STAFF, "id = (SELECT app.usr())")
    policy(op, "user", "founding", "INSERT", STAFF, "(SELECT app.purpose()) = 'setup'")
    op.create_table(
        "invitation",
        sa.Column("organisation_id", sa.Uuid, sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("email_key", sa.LargeBinary, nullable=False),
        sa.Column("email_cipher", sa.LargeBinary, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("unit_id", sa.Uuid),
        sa.Column("invited_by", sa.Text, nullable=False),
        instant("expires_at", nullable=False),
        instant("sent_at"),
        instant("accepted_at"),
        instant("withdrawn_at"),
        sa.Column("refusal_code", sa.Integer),
        created(),
        sa.ForeignKeyConstraint(["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"]),
        sa.CheckConstraint(
            "role IN ('coordinator','deputy','admin','organiser','officer','analyst')", name="role"
        ),
        sa.CheckConstraint("(role = 'officer') = (unit_id IS NOT NULL)", name="officer_has_unit"),
    )
    secure(op, "invitation", "owned")
    op.execute("GRANT SELECT ON unit TO organising_counter")
    policy(op, "unit", "definer", "SELECT", "organising_counter", "true")
    op.execute("GRANT SELECT, UPDATE ON invitation TO organising_counter")
    policy(op, "invitation", "definer", "ALL", "organising_counter", "true")


def _lookups() -> None:
    op.execute("GRANT SELECT ON organisation_key TO organising_counter")
    policy(op, "organisation_key", "definer", "SELECT", "organising_counter", "true")
    define(
        op,
        "app.wrapped_key(organisation uuid)",
        "bytea",
        "SELECT wrapped FROM organisation_key WHERE organisation_id = organisation AND destroyed_at IS NULL "
        "ORDER BY created_at DESC LIMIT 1",
        grant="organising_runtime, organising_public",
    )


def _identity_functions() -> None:
    """Sign-in reads secrets that no policy shows: each function asks for the signed purpose ``identity``."""
    gate = "app.purpose() = 'identity'"
    define(
        op,
        "app.find_sign_in(k bytea)",
        "TABLE (user_id uuid, password_hash text, session_epoch int, failed_count int, failed_at timestamptz)",
        'SELECT u.id, c.password_hash, u.session_epoch, c.failed_count, c.failed_at FROM "user" u '
        f"JOIN credential c ON c.user_id = u.id WHERE u.email_key = k AND {gate}",
        grant=STAFF,
    )
    # Where there is nothing to note, an empty message makes the commit wait for the disk as a noted failure does:
    # otherwise the time taken would tell which accounts exist.
    define(
        op,
        "app.note_sign_in(person uuid, succeeded bool, rehashed text)",
        "void",
        "BEGIN UPDATE credential SET failed_count = CASE WHEN succeeded THEN 0 ELSE failed_count + 1 END, "
        "failed_at = CASE WHEN succeeded THEN NULL ELSE now() END, password_hash = coalesce(rehashed, password_hash) "
        f"WHERE user_id = person AND {gate}; "
        "IF NOT FOUND THEN PERFORM pg_logical_emit_message(true, 'organising', ''); END IF; END",
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.set_password(hash text)",
        "int",
        "WITH c AS (INSERT INTO credential (user_id, password_hash) SELECT app.usr(), hash WHERE app.usr() IS NOT NULL "
        "ON CONFLICT (user_id) DO UPDATE SET password_hash = excluded.password_hash, failed_count = 0 RETURNING user_id) "
        'UPDATE "user" SET session_epoch = session_epoch + 1 WHERE id IN (SELECT user_id FROM c) RETURNING session_epoch',
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.found_password(person uuid, hash text)",
        "void",
        "INSERT INTO credential (user_id, password_hash) SELECT person, hash WHERE app.purpose() = 'setup'",
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.start_password_reset(k bytea, reset uuid, expires timestamptz)",
        "bool",
        "WITH r AS (INSERT INTO password_reset (id, user_id, expires_at) "
        f'SELECT reset, u.id, expires FROM "user" u WHERE u.email_key = k AND {gate} AND (SELECT count(*) FROM password_reset p '
        "WHERE p.user_id = u.id AND p.created_at > now() - interval '1 hour') < 3 RETURNING 1) SELECT EXISTS (SELECT FROM r)",
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.password_reset_is_open(reset uuid)",
        "bool",
        f"SELECT EXISTS (SELECT FROM password_reset WHERE id = reset AND used_at IS NULL AND expires_at > now() AND {gate})",
        grant=STAFF,
    )
    define(
        op,
        "app.unsent_password_resets()",
        "SETOF uuid",
        f"SELECT id FROM password_reset WHERE sent_at IS NULL AND used_at IS NULL AND expires_at > now() AND {gate}",
        grant=STAFF,
    )
    define(
        op,
        "app.take_password_reset(reset uuid)",
        "TABLE (user_id uuid, email_cipher bytea)",
        "WITH r AS (UPDATE password_reset SET sent_at = now() WHERE id = reset AND sent_at IS NULL AND used_at IS NULL "
        f"AND expires_at > now() AND {gate} RETURNING password_reset.user_id) "
        'SELECT u.id, u.email_cipher FROM "user" u JOIN r ON r.user_id = u.id',
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.finish_password_reset(reset uuid, hash text)",
        "uuid",
        f"WITH r AS (UPDATE password_reset SET used_at = now() WHERE id = reset AND used_at IS NULL AND expires_at > now() AND {gate} "
        "RETURNING user_id), c AS (INSERT INTO credential (user_id, password_hash) SELECT user_id, hash FROM r "
        "ON CONFLICT (user_id) DO UPDATE SET password_hash = excluded.password_hash, failed_count = 0, failed_at = NULL RETURNING user_id) "
        'UPDATE "user" SET session_epoch = session_epoch + 1 WHERE id IN (SELECT user_id FROM c) RETURNING id',
        grant=STAFF,
        options="VOLATILE",
    )
    define(
        op,
        "app.find_invitation(invited uuid)",
        "TABLE (organisation_id uuid, organisation_name text, role text, unit_id uuid, unit_name text, invited_by text, "
        "email_cipher bytea, email_key bytea, known uuid, state text)",
        "SELECT i.organisation_id, o.name, i.role, i.unit_id, n.name, i.invited_by, i.email_cipher, i.email_key, u.id, "
        "CASE WHEN i.accepted_at IS NOT NULL THEN 'accepted' WHEN i.withdrawn_at IS NOT NULL OR o.left_at IS NOT NULL "
        "THEN 'withdrawn' WHEN i.expires_at < now() THEN 'expired' ELSE 'open' END "
        "FROM invitation i JOIN organisation o ON o.id = i.organisation_id "
        "LEFT JOIN unit n ON n.organisation_id = i.organisation_id AND n.id = i.unit_id "
        f'LEFT JOIN "user" u ON u.email_key = i.email_key WHERE i.id = invited AND {gate}',
        grant=STAFF,
    )
    define(
        op,
        "app.accept_invitation(invited uuid, person uuid, cipher bytea, name text, hash text)",
        "uuid",
        """
        DECLARE i invitation; member uuid;
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
            INSERT INTO credential (user_id, password_hash) VALUES (person, hash);
            member := person;
          ELSIF member IS DISTINCT FROM person THEN
            RAISE EXCEPTION 'this invitation is for another person';
          END IF;
          INSERT INTO membership (id, user_id, organisation_id, unit_id, role)
            VALUES (gen_random_uuid(), member, i.organisation_id, i.unit_id, i.role)
            ON CONFLICT (user_id, organisation_id) WHERE ended_at IS NULL
            DO UPDATE SET role = excluded.role, unit_id = excluded.unit_id;
          RETURN member;
        END
        """,
        grant=STAFF,
        options="VOLATILE",
    )

    define(
        op,
        "app.has_members(partner uuid)",
        "bool",
        "SELECT EXISTS (SELECT FROM membership WHERE organisation_id = partner AND ended_at IS NULL "
        "AND app.purpose() IN ('coalition', 'setup'))",
        grant=STAFF,
    )


def _founding() -> None:
    """A coordinator founds a partner: its one key and, until somebody is there, invitations of its first admin."""
    purpose = "(SELECT app.purpose())"
    policy(
        op,
        "organisation_key",
        "founding",
        "INSERT",
        STAFF,
        f"{purpose} IN ('coalition', 'setup') AND app.wrapped_key(organisation_id) IS NULL",
    )
    policy(
        op,
        "invitation",
        "founding",
        "INSERT",
        STAFF,
        f"({purpose} = 'setup' OR {purpose} = 'coalition' AND role = 'admin') "
        "AND NOT app.has_members(organisation_id)",
    )


def _roles() -> None:
    """Roles are given by those in charge, to others: the database holds it too, whatever SQL it is sent."""
    mine = "FROM membership WHERE user_id = app.usr() AND organisation_id = app.org() AND ended_at IS NULL"
    define(op, "app.own_role()", "text", f"SELECT role {mine}", grant=STAFF)
    define(op, "app.own_unit()", "uuid", f"SELECT unit_id {mine}", grant=STAFF)
    # A trigger, as no policy compares the row before with the row after. The definers act as the counter.
    op.execute("""
        CREATE FUNCTION app.guard_membership() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
        BEGIN
          IF current_user <> 'organising_runtime' THEN RETURN NEW; END IF;
          IF (NEW.id, NEW.user_id, NEW.organisation_id) IS DISTINCT FROM (OLD.id, OLD.user_id, OLD.organisation_id)
             OR NEW.user_id IS NOT DISTINCT FROM app.usr()
             OR coalesce(app.own_role(), '') NOT IN ('coordinator', 'admin')
             OR (app.own_role() <> 'coordinator'
                 AND ('coordinator' IN (OLD.role, NEW.role) OR 'deputy' IN (OLD.role, NEW.role))) THEN
            RAISE insufficient_privilege USING MESSAGE = 'this membership is not theirs to change';
          END IF;
          RETURN NEW;
        END $body$""")
    op.execute("REVOKE ALL ON FUNCTION app.guard_membership() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER guard BEFORE UPDATE ON membership FOR EACH ROW EXECUTE FUNCTION app.guard_membership()"
    )
    in_charge = (
        "(SELECT app.own_role()) = 'coordinator' "
        "OR (SELECT app.own_role()) = 'admin' AND role NOT IN ('coordinator', 'deputy')"
    )
    founding = "(SELECT app.purpose()) IN ('coalition', 'setup')"
    # Without a person and a purpose: the job that mails it.
    job = "(SELECT app.usr()) IS NULL AND (SELECT app.purpose()) IS NULL"
    for command, who in (
        ("INSERT", f"WITH CHECK ({in_charge} OR {founding})"),
        ("UPDATE", f"USING ({in_charge} OR {job} OR (SELECT app.purpose()) = 'setup')"),
        ("DELETE", f"USING ({in_charge})"),
    ):
        op.execute(
            f"CREATE POLICY in_charge_{command.lower()} ON invitation AS RESTRICTIVE FOR {command} TO {STAFF} {who}"
        )


def _audit() -> None:
    op.create_table(
        "audit_event",
        sa.Column("organisation_id", sa.Uuid, sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("user_id", sa.Uuid),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject_type", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Uuid),
        sa.Column("facts", JSONB, nullable=False, server_default="{}"),
        created(),
    )
    op.create_index(
        "ix_audit_event_organisation_id_created_at", "audit_event", ["organisation_id", "created_at"]
    )
    secure(op, "audit_event", "owned", write=False)


def downgrade() -> None:
    # Alembic still has to delete its own row after this; without the policies it would find none.
    op.execute("ALTER TABLE alembic_version NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY")
    for name in ("maintenance", "reference", "imported_insert", "imported_update", "imported_delete"):
        op.execute(f"DROP POLICY {name} ON alembic_version")
    for table in (
        "audit_event",
        "invitation",
        "membership",
        "unit",
        "ask",
        "campaign_member",
        "campaign",
        "password_reset",
        "credential",
        "user",
        "organisation_key",
        "organisation",
    ):
        op.execute(f'DROP TABLE "{table}" CASCADE')
    for schema in ("counting", "vault", "app"):
        op.execute(f"DROP SCHEMA {schema} CASCADE")
