"""What is prepared before an action (risks, checklist, roles, materials, series, delegates), templates, joining forces."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from organising.platform.columns import instant, one_of, owned, shared, to, words
from organising.platform.schema import MEMBER, OWN, policy, secure

revision = "0072b_preparing"
down_revision = "0074_reports"

STAFF = "organising_runtime"
EVERY = ("week", "fortnight", "month", "month_weekday")
PARTS = (
    "steward", "speaker", "chair", "first_aid", "photographer", "access", "sheets", "press", "driver", "other",
)  # fmt: skip
KINDS = (
    "stall", "workplace_signing", "motion", "leafleting", "public_meeting", "lobby_day", "surgery_visit", "phonebank",
    "letter_writing", "assembly", "training",
)  # fmt: skip
DECISIONS = ("proposed", "withdrawn", "accepted", "declined", "left")
OWNED = (
    "action_material_version", "action_material", "action_role", "action_check", "action_risk", "action_series",
    "approval_delegate",
)  # fmt: skip
LEAD = (
    "EXISTS (SELECT FROM campaign_member m WHERE m.campaign_id = action_template.campaign_id "
    "AND m.organisation_id = (SELECT app.org()) AND m.coalition_status = 'lead')"
)


def sealed(name: str) -> sa.Column:
    return sa.Column(f"{name}_cipher", sa.LargeBinary)


def number(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer, nullable=False)


def flag(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean, nullable=False)


def hanging() -> list[sa.schema.SchemaItem]:
    """What an owned table begins with whose rows hang on another row of the organisation."""
    return [sa.Column("organisation_id", sa.Uuid, primary_key=True), *owned()[1:]]


def of_own_action() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", "action_id"],
        ["branch_action.organisation_id", "branch_action.id"],
        ondelete="CASCADE",
    )


def of_action(table: str, *columns: sa.schema.SchemaItem, index: tuple[str, ...] = ()) -> None:
    """An owned table whose rows hang on an action of the same organisation."""
    op.create_table(
        table, *hanging(), sa.Column("action_id", sa.Uuid, nullable=False), *columns, of_own_action()
    )
    op.create_index(f"ix_{table}_organisation_id_action_id", table, ["organisation_id", "action_id", *index])


def upgrade() -> None:
    _series()
    _lists()
    _roles()
    _materials()
    op.create_table("approval_delegate", *owned(), sa.Column("user_id", sa.Uuid, nullable=False),
                    words("given_label"), instant("ended_at"))  # fmt: skip
    op.create_index(
        "uq_approval_delegate_open",
        "approval_delegate",
        ["organisation_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    for table in OWNED:
        secure(op, table, "owned")
    _templates()
    _joinings()


def _series() -> None:
    op.create_table(
        "action_series", *owned(), words("every"), sa.Column("created_by", sa.Uuid), one_of("every", EVERY)
    )
    op.add_column("action_detail", sa.Column("series_id", sa.Uuid))
    op.create_foreign_key(
        op.f("fk_action_detail_organisation_id_series_id"),
        "action_detail",
        "action_series",
        ["organisation_id", "series_id"],
        ["organisation_id", "id"],
    )
    op.create_index(
        "ix_action_detail_organisation_id_series_id", "action_detail", ["organisation_id", "series_id"]
    )


def _lists() -> None:
    of_action(
        "action_risk",
        number("rank"),
        number("likelihood"),
        number("severity"),
        flag("is_suggested"),
        *map(sealed, ("hazard", "control", "owner")),
        sa.CheckConstraint("likelihood BETWEEN 1 AND 5", name="likelihood"),
        sa.CheckConstraint("severity BETWEEN 1 AND 5", name="severity"),
        index=("rank",),
    )
    of_action(
        "action_check",
        number("rank"),
        sealed("wording"),
        instant("ticked_at"),
        words("ticked_label", nullable=True),
        index=("rank",),
    )


def _roles() -> None:
    of_action(
        "action_role",
        words("part"),
        sa.Column("user_id", sa.Uuid),
        to("ask"),
        sa.Column("person_key", sa.LargeBinary),
        sealed("name"),
        sealed("note"),
        one_of("part", PARTS),
        sa.CheckConstraint("num_nonnulls(user_id, name_cipher) = 1", name="somebody"),
    )
    op.create_index("ix_action_role_ask_id", "action_role", ["ask_id"])
    op.create_index(
        "ix_action_role_organisation_id_person_key", "action_role", ["organisation_id", "person_key"]
    )


def _materials() -> None:
    of_action("action_material", sealed("title"))
    op.create_table(
        "action_material_version",
        *hanging(),
        sa.Column("material_id", sa.Uuid, nullable=False),
        number("number"),
        words("added_label"),
        sealed("link"),
        sa.UniqueConstraint("organisation_id", "material_id", "number"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "material_id"],
            ["action_material.organisation_id", "action_material.id"],
            ondelete="CASCADE",
        ),
    )


def _templates() -> None:
    op.create_table(
        "action_template",
        *shared(),
        words("kind"),
        words("name"),
        flag("for_coalition"),
        words("summary", nullable=True),
        words("advice", nullable=True),
        *(sa.Column(name, JSONB, nullable=False) for name in ("checklist", "materials", "risks")),
        number("version"),
        one_of("kind", KINDS),
    )
    op.create_index("ix_action_template_campaign_id_kind", "action_template", ["campaign_id", "kind"])
    op.create_index("ix_action_template_organisation_id", "action_template", ["organisation_id"])
    secure(op, "action_template", "shared")
    for name in ("shared_read", "shared_insert", "shared_update"):
        op.execute(f"DROP POLICY {name} ON action_template")
    # The lead's are for every partner; everyone else's stay at home.
    mine = f"{OWN} AND {MEMBER} AND (NOT for_coalition OR {LEAD})"
    policy(op, "action_template", "shared_read", "SELECT", STAFF, f"{MEMBER} AND (for_coalition OR {OWN})")
    policy(op, "action_template", "shared_insert", "INSERT", STAFF, mine)
    policy(op, "action_template", "shared_update", "UPDATE", STAFF, OWN, mine)


def _joinings() -> None:
    op.create_table(
        "action_joining",
        *shared(),
        sa.Column("proposal_id", sa.Uuid, nullable=False),
        sa.Column("action_id", sa.Uuid, nullable=False),
        to("branch_action", "other_action_id", ondelete="CASCADE", nullable=False),
        to("organisation", "other_organisation_id", nullable=False),
        words("decision"),
        words("words"),
        of_own_action(),
        one_of("decision", DECISIONS),
    )
    for columns in (["action_id"], ["other_action_id"], ["proposal_id"], ["organisation_id", "action_id"]):
        op.create_index(f"ix_action_joining_{'_'.join(columns)}", "action_joining", columns)
    secure(op, "action_joining", "shared", write=False)
    op.execute("DROP POLICY shared_read ON action_joining")
    # Until it is agreed, it is between the two.
    between = f"({OWN} OR other_organisation_id = (SELECT app.org()))"
    policy(
        op,
        "action_joining",
        "shared_read",
        "SELECT",
        STAFF,
        f"{MEMBER} AND ({between} OR decision IN ('accepted', 'left'))",
    )
    # Each side decides what is its own: nobody proposes in another's name, and nobody accepts themselves.
    op.execute("""
        CREATE FUNCTION app.check_joining() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
        DECLARE asked action_joining;
        BEGIN
          IF NEW.decision = 'proposed' THEN
            IF NEW.proposal_id <> NEW.id OR NEW.organisation_id = NEW.other_organisation_id THEN
              RAISE EXCEPTION 'a proposal is to another organisation' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
          END IF;
          SELECT * INTO asked FROM action_joining p WHERE p.id = NEW.proposal_id AND p.decision = 'proposed';
          IF asked.id IS NOT NULL AND NEW.decision IN ('withdrawn', 'left')
             AND (NEW.organisation_id, NEW.action_id, NEW.other_action_id, NEW.other_organisation_id)
               = (asked.organisation_id, asked.action_id, asked.other_action_id, asked.other_organisation_id) THEN
            RETURN NEW;
          END IF;
          IF asked.id IS NOT NULL AND NEW.decision IN ('accepted', 'declined', 'left')
             AND (NEW.other_organisation_id, NEW.other_action_id, NEW.action_id, NEW.organisation_id)
               = (asked.organisation_id, asked.action_id, asked.other_action_id, asked.other_organisation_id) THEN
            RETURN NEW;
          END IF;
          RAISE EXCEPTION 'this is for another to decide' USING ERRCODE = 'check_violation';
        END $body$""")
    op.execute("REVOKE ALL ON FUNCTION app.check_joining() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER guard BEFORE INSERT ON action_joining FOR EACH ROW EXECUTE FUNCTION app.check_joining()"
    )


def downgrade() -> None:
    op.drop_table("action_joining")
    op.execute("DROP FUNCTION app.check_joining()")
    op.drop_table("action_template")
    op.drop_index("ix_action_detail_organisation_id_series_id", "action_detail")
    op.drop_constraint(op.f("fk_action_detail_organisation_id_series_id"), "action_detail")
    op.drop_column("action_detail", "series_id")
    for table in OWNED:
        op.drop_table(table)
