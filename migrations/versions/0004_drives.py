"""Pledge drives, their wordings, signatures and consents; and what the public may do with its own signature."""

import sqlalchemy as sa
from alembic import op

from organising.platform.schema import policy, secure

revision = "0004_drives"
down_revision = "0003_lobbying"

PUBLIC, COUNTER = "organising_public", "organising_counter"
STATES = "('pending', 'confirmed', 'withdrawn', 'erased', 'invalidated')"
SECTORS = "('education', 'health', 'police', 'local_authority', 'jobcentre', 'other', 'not_public')"
OPEN_DRIVE = "d.id = drive_id AND d.status IN ('open', 'closed')"
MINE = "signing_id = (SELECT app.subject())"


def created() -> sa.Column:
    return sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())


def instants(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.DateTime(timezone=True)) for name in names]


def member_key() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["campaign_id", "organisation_id"], ["campaign_member.campaign_id", "campaign_member.organisation_id"]
    )


def required(name: str, kind: type[sa.types.TypeEngine] = sa.Uuid) -> sa.Column:
    return sa.Column(name, kind, nullable=False)


def words(*names: str) -> list[sa.Column]:
    return [required(name, sa.Text) for name in names]


def shared() -> tuple[sa.Column, ...]:
    return required("campaign_id"), required("organisation_id"), required("author_label", sa.Text)


def upgrade() -> None:
    _drives()
    _pledges()
    _public_signing()


def _drives() -> None:
    op.create_table(
        "pledge_drive",
        sa.Column("id", sa.Uuid, primary_key=True),
        *shared(),
        *words("slug", "title", "standfirst", "status"),
        sa.Column("goal", sa.Integer),
        required("wording_version", sa.Integer),
        *instants("opened_at", "closed_at", "archived_at"),
        created(),
        member_key(),
        sa.UniqueConstraint("slug"),
        sa.UniqueConstraint("campaign_id", "id"),
        sa.CheckConstraint("status IN ('draft', 'open', 'closed', 'archived')", name="status"),
        sa.CheckConstraint("goal > 0", name="goal"),
    )
    secure(op, "pledge_drive", "shared", published="status IN ('open', 'closed')")
    op.execute(f"GRANT SELECT ON pledge_drive TO {COUNTER}")
    policy(op, "pledge_drive", "definer", "SELECT", COUNTER, "true")
    op.create_table(
        "pledge_wording",
        sa.Column("id", sa.Uuid, primary_key=True),
        *shared(),
        required("drive_id"),
        required("version", sa.Integer),
        required("wording", sa.Text),
        created(),
        member_key(),
        sa.ForeignKeyConstraint(["campaign_id", "drive_id"], ["pledge_drive.campaign_id", "pledge_drive.id"]),
        sa.UniqueConstraint("drive_id", "version"),
    )
    secure(
        op,
        "pledge_wording",
        "shared",
        write=False,
        published=f"EXISTS (SELECT FROM pledge_drive d WHERE {OPEN_DRIVE})",
    )


def _pledges() -> None:
    op.create_table(
        "pledge",
        sa.Column("organisation_id", sa.Uuid, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        required("campaign_id"),
        required("drive_id"),
        required("signing_id"),
        *words("part", "state", "channel"),
        required("wording_version", sa.Integer),
        *(
            sa.Column(name, sa.Text)
            for name in (
                "name",
                "name_folded",
                "name_by_last",
                "postcode",
                "sector",
                "job",
                "workplace",
                "constituency_code",
            )
        ),
        *(
            sa.Column(name, sa.LargeBinary)
            for name in ("email_cipher", "email_key", "person_key", "name_key", "postcode_key")
        ),
        *instants("confirmation_due_at", "confirmation_sent_at", "confirmation_refused_at"),
        sa.Column("confirmation_tries", sa.Integer, nullable=False, server_default="0"),
        *instants("confirmed_at", "ended_at", "details_removed_at"),
        created(),
        member_key(),
        sa.ForeignKeyConstraint(["campaign_id", "drive_id"], ["pledge_drive.campaign_id", "pledge_drive.id"]),
        sa.ForeignKeyConstraint(
            ["drive_id", "wording_version"], ["pledge_wording.drive_id", "pledge_wording.version"]
        ),
        sa.UniqueConstraint("signing_id", "organisation_id"),
        sa.CheckConstraint("part IN ('collected', 'shared_with_consent')", name="part"),
        sa.CheckConstraint(f"state IN {STATES}", name="state"),
        sa.CheckConstraint(f"sector IN {SECTORS}", name="sector"),
        sa.CheckConstraint("channel IN ('web', 'embed', 'paper', 'event', 'import')", name="channel"),
        sa.CheckConstraint("(state IN ('withdrawn', 'erased')) = (person_key IS NULL)", name="person_key"),
        sa.CheckConstraint("state <> 'confirmed' OR confirmed_at IS NOT NULL", name="confirmed_at"),
    )
    op.create_index(
        "uq_pledge_signing_collected",
        "pledge",
        ["signing_id"],
        unique=True,
        postgresql_where=sa.text("part = 'collected'"),
    )
    for columns in (
        ["drive_id", "created_at", "id"],
        ["drive_id", "person_key"],
        ["email_key"],
        ["name_folded"],
        ["name_by_last"],
    ):
        columns = ["organisation_id", *columns]
        op.create_index(f"ix_pledge_{'_'.join(columns)}", "pledge", columns)
    op.create_index(
        "ix_pledge_unsent",
        "pledge",
        ["organisation_id", "confirmation_due_at"],
        postgresql_where=sa.text("state = 'pending' AND confirmation_sent_at IS NULL"),
    )
    secure(op, "pledge", "owned")
    op.create_table(
        "pledge_consent",
        sa.Column("organisation_id", sa.Uuid, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        required("pledge_id"),
        required("signing_id"),
        *words("channel", "purpose", "wording"),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        *instants("withdrawn_at"),
        created(),
        sa.ForeignKeyConstraint(
            ["organisation_id", "pledge_id"], ["pledge.organisation_id", "pledge.id"], ondelete="CASCADE"
        ),
        sa.CheckConstraint("purpose IN ('pledge', 'updates')", name="purpose"),
    )
    op.create_index(
        "ix_pledge_consent_organisation_id_pledge_id", "pledge_consent", ["organisation_id", "pledge_id"]
    )
    op.create_index("ix_pledge_consent_signing_id", "pledge_consent", ["signing_id"])
    secure(op, "pledge_consent", "owned")


def _public_signing() -> None:
    """The public writes pending rows of its own signing, and sees and ends that signing only."""
    op.execute(f"GRANT SELECT, INSERT, UPDATE (state, sector, confirmed_at, ended_at) ON pledge TO {PUBLIC}")
    policy(
        op,
        "pledge",
        "sign",
        "INSERT",
        PUBLIC,
        f"{MINE} AND state = 'pending' AND confirmed_at IS NULL AND confirmation_sent_at IS NULL "
        "AND EXISTS (SELECT FROM pledge_drive d WHERE d.id = drive_id AND d.campaign_id = pledge.campaign_id "
        "AND d.status = 'open') "
        "AND EXISTS (SELECT FROM campaign_member m WHERE m.campaign_id = pledge.campaign_id "
        "AND m.organisation_id = pledge.organisation_id AND m.coalition_status <> 'left')",
    )
    policy(op, "pledge", "mine_read", "SELECT", PUBLIC, MINE)
    policy(
        op,
        "pledge",
        "mine_update",
        "UPDATE",
        PUBLIC,
        f"{MINE} AND state IN ('pending', 'confirmed')",
        f"{MINE} AND state IN ('confirmed', 'withdrawn', 'erased')",
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE (withdrawn_at) ON pledge_consent TO {PUBLIC}")
    policy(
        op,
        "pledge_consent",
        "sign",
        "INSERT",
        PUBLIC,
        f"{MINE} AND withdrawn_at IS NULL AND EXISTS (SELECT FROM pledge p WHERE p.organisation_id = "
        "pledge_consent.organisation_id AND p.id = pledge_id AND p.state = 'pending')",
    )
    policy(op, "pledge_consent", "mine_read", "SELECT", PUBLIC, MINE)
    policy(op, "pledge_consent", "mine_update", "UPDATE", PUBLIC, MINE)
    op.execute("""
        CREATE FUNCTION app.guard_pledge() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
        BEGIN
          IF TG_OP = 'UPDATE' THEN
            IF (NEW.organisation_id, NEW.id, NEW.campaign_id, NEW.drive_id, NEW.signing_id, NEW.part,
                NEW.wording_version, NEW.person_key, NEW.name_key, NEW.postcode_key) IS DISTINCT FROM
               (OLD.organisation_id, OLD.id, OLD.campaign_id, OLD.drive_id, OLD.signing_id, OLD.part,
                OLD.wording_version, OLD.person_key, OLD.name_key, OLD.postcode_key) THEN
              RAISE EXCEPTION 'what identifies a signature never changes';
            END IF;
            IF NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) NOT IN ('pending>confirmed', 'pending>erased',
                'confirmed>withdrawn', 'confirmed>erased', 'confirmed>invalidated', 'invalidated>confirmed',
                'invalidated>erased', 'withdrawn>erased') THEN
              RAISE EXCEPTION 'a signature cannot go from % to %', OLD.state, NEW.state;
            END IF;
          END IF;
          IF NEW.state IN ('withdrawn', 'erased') THEN
            NEW.name := NULL; NEW.name_folded := NULL; NEW.name_by_last := NULL; NEW.email_cipher := NULL;
            NEW.email_key := NULL; NEW.postcode := NULL; NEW.job := NULL; NEW.workplace := NULL;
            NEW.person_key := NULL; NEW.name_key := NULL; NEW.postcode_key := NULL;
            NEW.details_removed_at := coalesce(NEW.details_removed_at, now());
          END IF;
          RETURN NEW;
        END $body$""")
    op.execute("REVOKE ALL ON FUNCTION app.guard_pledge() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON pledge "
        "FOR EACH ROW EXECUTE FUNCTION app.guard_pledge()"
    )


def downgrade() -> None:
    for table in ("pledge_consent", "pledge", "pledge_wording", "pledge_drive"):
        op.execute(f"DROP TABLE {table} CASCADE")
    op.execute("DROP FUNCTION app.guard_pledge")
