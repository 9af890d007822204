"""Signatures on paper count as witnessed: known again by name and postcode; each with the unit that brought it."""

import sqlalchemy as sa
from alembic import op

from organising.platform.schema import define, policy

revision = "0034_witnessed"
down_revision = "0033_languages"

PUBLIC = "organising_public"
STATES = "state IN ('pending', 'confirmed', 'withdrawn', 'erased', 'invalidated'{more})"
GONE = "state IN ('withdrawn', 'erased')"
MINE = "signing_id = (SELECT app.subject())"
MOVES = (
    "pending>confirmed", "pending>erased", "confirmed>withdrawn", "confirmed>erased", "confirmed>invalidated",
    "invalidated>confirmed", "invalidated>erased", "withdrawn>erased",
)  # fmt: skip
WITNESSED_MOVES = (
    "pending>witnessed", "witnessed>pending", "witnessed>confirmed", "witnessed>withdrawn", "witnessed>erased",
    "witnessed>invalidated", "invalidated>witnessed",
)  # fmt: skip
IDENTITY = (
    "organisation_id",
    "id",
    "campaign_id",
    "drive_id",
    "signing_id",
    "part",
    "wording_version",
    "person_key",
)
SIGN = (
    f"{MINE} AND state = 'pending' AND confirmed_at IS NULL AND confirmation_sent_at IS NULL{{more}} "
    "AND EXISTS (SELECT FROM pledge_drive d WHERE d.id = drive_id AND d.campaign_id = pledge.campaign_id "
    "AND d.status = 'open') "
    "AND EXISTS (SELECT FROM campaign_member m WHERE m.campaign_id = pledge.campaign_id "
    "AND m.organisation_id = pledge.organisation_id AND m.coalition_status <> 'left')"
)


def upgrade() -> None:
    op.add_column("pledge", sa.Column("witness_key", sa.LargeBinary))
    op.add_column("pledge", sa.Column("unit_id", sa.Uuid))
    op.add_column("pledge", sa.Column("witnessed_at", sa.DateTime(timezone=True)))
    op.create_foreign_key(
        "fk_pledge_organisation_id_unit_id", "pledge", "unit", ["organisation_id", "unit_id"],
        ["organisation_id", "id"], ondelete="SET NULL (unit_id)",
    )  # fmt: skip
    op.create_index("ix_pledge_organisation_id_unit_id", "pledge", ["organisation_id", "unit_id"])
    op.create_index(
        "ix_pledge_organisation_id_drive_id_witness_key",
        "pledge",
        ["organisation_id", "drive_id", "witness_key"],
    )
    _check("state", STATES.format(more=", 'witnessed'"))
    _check("person_key", f"CASE WHEN {GONE} THEN num_nonnulls(person_key, witness_key) = 0 "
           "ELSE num_nonnulls(person_key, witness_key) > 0 END")  # fmt: skip
    op.create_check_constraint("confirmed_person", "pledge", "state <> 'confirmed' OR person_key IS NOT NULL")
    op.create_check_constraint(
        "witnessed_at", "pledge", "state <> 'witnessed' OR num_nonnulls(witnessed_at, witness_key) = 2"
    )
    _guard(IDENTITY, (*MOVES, *WITNESSED_MOVES), ("witness_key",))
    _public("'pending', 'confirmed', 'witnessed'", " AND witnessed_at IS NULL")
    # The public cannot read an organisation's units; whether one is this organisation's tells nothing new.
    define(
        op,
        "app.unit_of(o uuid, u uuid)",
        "uuid",
        "SELECT id FROM unit WHERE organisation_id = o AND id = u",
        grant=f"organising_runtime, {PUBLIC}",
    )


def _check(name: str, condition: str) -> None:
    op.drop_constraint(name, "pledge", type_="check")
    op.create_check_constraint(name, "pledge", condition)


def _public(states: str, more: str) -> None:
    """Who holds a link may confirm or end a signature that was witnessed; nobody signs as a witness of oneself."""
    op.execute("DROP POLICY sign ON pledge")
    op.execute("DROP POLICY mine_update ON pledge")
    policy(op, "pledge", "sign", "INSERT", PUBLIC, SIGN.format(more=more))
    policy(
        op,
        "pledge",
        "mine_update",
        "UPDATE",
        PUBLIC,
        f"{MINE} AND state IN ({states})",
        f"{MINE} AND state IN ('confirmed', 'withdrawn', 'erased')",
    )


def _guard(identity: tuple[str, ...], moves: tuple[str, ...], keys: tuple[str, ...]) -> None:
    """A corrected name or postcode has other keys; nothing moves a signature to another person."""
    new, old = (", ".join(f"{row}.{name}" for name in identity) for row in ("NEW", "OLD"))
    listed = ", ".join(f"'{move}'" for move in moves)
    empty = " ".join(f"NEW.{key} := NULL;" for key in keys)
    op.execute(f"""
        CREATE OR REPLACE FUNCTION app.guard_pledge() RETURNS trigger LANGUAGE plpgsql
        SET search_path = public, pg_temp AS $body$
        BEGIN
          IF TG_OP = 'UPDATE' THEN
            IF ({new}) IS DISTINCT FROM ({old}) THEN
              RAISE EXCEPTION 'what identifies a signature never changes';
            END IF;
            IF NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) NOT IN ({listed}) THEN
              RAISE EXCEPTION 'a signature cannot go from % to %', OLD.state, NEW.state;
            END IF;
          END IF;
          IF NEW.state IN ('withdrawn', 'erased') THEN
            NEW.name := NULL; NEW.name_folded := NULL; NEW.name_by_last := NULL; NEW.email_cipher := NULL;
            NEW.email_key := NULL; NEW.postcode := NULL; NEW.job := NULL; NEW.workplace := NULL;
            NEW.person_key := NULL; NEW.name_key := NULL; NEW.postcode_key := NULL; {empty}
            NEW.details_removed_at := coalesce(NEW.details_removed_at, now());
          END IF;
          RETURN NEW;
        END $body$""")


def downgrade() -> None:
    # Without a key of name and postcode a signature on paper could not be counted once.
    op.execute("ALTER TABLE pledge DISABLE TRIGGER guard")
    op.execute(
        "DELETE FROM pledge WHERE state = 'witnessed' OR (person_key IS NULL AND witness_key IS NOT NULL)"
    )
    op.execute("ALTER TABLE pledge ENABLE TRIGGER guard")
    _guard((*IDENTITY, "name_key", "postcode_key"), MOVES, ())
    _public("'pending', 'confirmed'", "")
    op.execute("DROP FUNCTION app.unit_of")
    for name in ("confirmed_person", "witnessed_at"):
        op.drop_constraint(name, "pledge", type_="check")
    _check("state", STATES.format(more=""))
    _check("person_key", f"({GONE}) = (person_key IS NULL)")
    for name in ("witness_key", "unit_id", "witnessed_at"):
        op.drop_column("pledge", name)
