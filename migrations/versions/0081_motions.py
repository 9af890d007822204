"""Motions: the shared headline, areas and carried text; texts, movers, votes, forwardings and history of one organisation alone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from organising.platform.columns import instant, one_of, owned, shared, to, words
from organising.platform.schema import MEMBER, OWN, define, policy, secure

revision = "0081_motions"
down_revision = "0081d_materials_taken_off"

STAFF, COUNTER = "organising_runtime", "organising_counter"
FORUMS = ("branch", "district", "conference", "trades_council", "governing_body", "council", "trust_board")
STATES = (
    "drafted", "submitted", "on_agenda", "carried", "carried_as_amended", "lost", "remitted", "withdrawn",
    "not_reached", "forwarded",
)  # fmt: skip
COUNTED = "('carried', 'carried_as_amended', 'forwarded')"
NAMED = f"published_at IS NOT NULL AND agreed_at IS NOT NULL AND state IN {COUNTED}"
OWN_KEY = ["motion.organisation_id", "motion.id"]
PRIVATE = ("motion_notice", "motion_event", "motion_forwarding", "motion_mover", "motion_detail")
SHARED = ("motion_carried_text", "motion_area", "motion")


def upgrade() -> None:
    _headline()
    _areas()
    _carried()
    _naming()
    _detail()
    _movers()
    _forwardings()
    _history()


def downgrade() -> None:
    op.execute("DROP FUNCTION app.name_motion")
    for table in (*PRIVATE, *SHARED):
        op.drop_table(table)
    op.execute("DROP FUNCTION app.guard_motion")


def of_motion() -> list[sa.schema.SchemaItem]:
    """No row can hang on another organisation's motion, nor tell whether there is one."""
    return [
        sa.Column("motion_id", sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint(["organisation_id", "motion_id"], OWN_KEY, ondelete="CASCADE"),
    ]


def _headline() -> None:
    op.create_table(
        "motion",
        *shared(),
        *[words(name) for name in ("forum", "body", "unit_label", "area")],
        words("postcode", nullable=True),
        to("institution"),
        to("motion_text_version", "text_version_id"),
        sa.Column("meeting_on", sa.Date),
        sa.Column("day", sa.Date, nullable=False),
        words("state"),
        *[words(name, nullable=True) for name in ("came_from", "outcome")],
        sa.Column("decided_on", sa.Date),
        instant("shared_at"),
        instant("agreed_at"),
        words("agreed_label", nullable=True),
        instant("published_at"),
        words("published_label", nullable=True),
        sa.Column("version", sa.Integer, nullable=False),
        instant("changed_at", nullable=False),
        sa.UniqueConstraint("organisation_id", "id"),
        one_of("forum", FORUMS),
        one_of("state", STATES),
        one_of("outcome", STATES),
        sa.CheckConstraint(
            "CASE state WHEN 'drafted' THEN shared_at IS NULL WHEN 'withdrawn' THEN true ELSE shared_at IS NOT NULL END",
            name="shared",
        ),
        sa.CheckConstraint(f"agreed_at IS NULL OR state IN {COUNTED}", name="agreed"),
        sa.CheckConstraint("published_at IS NULL OR agreed_at IS NOT NULL", name="published"),
        sa.CheckConstraint("(outcome IS NULL) = (decided_on IS NULL)", name="decided_on"),
    )
    op.create_index("ix_motion_campaign_id_day_id", "motion", ["campaign_id", "day", "id"])
    op.create_index("ix_motion_organisation_id_state", "motion", ["organisation_id", "state"])
    op.create_index("ix_motion_text_version_id", "motion", ["text_version_id"])
    op.create_index("ix_motion_institution_id", "motion", ["institution_id"])
    secure(op, "motion", "shared", published=NAMED)
    # A draft is its author's organisation's alone, and again once it is called back.
    _read_by_members("motion", f"{MEMBER} AND (shared_at IS NOT NULL OR {OWN})")


def _read_by_members(table: str, condition: str) -> None:
    op.execute(f"DROP POLICY shared_read ON {table}")
    policy(op, table, "shared_read", "SELECT", STAFF, condition)


def _with_motion(table: str) -> str:
    # Within a policy motion is read under its own policy.
    return f"EXISTS (SELECT FROM motion m WHERE m.id = {table}.motion_id)"


def _areas() -> None:
    op.create_table(
        "motion_area",
        *shared(),
        *of_motion(),
        to("area", nullable=False),
        sa.Column("is_chosen", sa.Boolean, nullable=False),
        sa.UniqueConstraint("motion_id", "area_id"),
    )
    op.create_index("ix_motion_area_area_id", "motion_area", ["area_id"])
    op.create_index(
        "ix_motion_area_organisation_id_motion_id", "motion_area", ["organisation_id", "motion_id"]
    )
    secure(op, "motion_area", "shared", published=_with_motion("motion_area"))
    _read_by_members("motion_area", f"{MEMBER} AND {_with_motion('motion_area')}")


def _carried() -> None:
    op.create_table(
        "motion_carried_text",
        *shared(),
        *of_motion(),
        *[words(name) for name in ("title", "notes", "believes", "resolves")],
        sa.Column("as_amended", sa.Boolean, nullable=False),
        sa.UniqueConstraint("organisation_id", "motion_id"),
    )
    secure(op, "motion_carried_text", "shared", published=_with_motion("motion_carried_text"))
    _read_by_members("motion_carried_text", f"{MEMBER} AND {_with_motion('motion_carried_text')}")


def _naming() -> None:
    """That a body is named in public: what its organisation agreed to and the coordinator of the lead did, both."""
    op.execute(f"GRANT SELECT, UPDATE ON motion TO {COUNTER}")
    policy(op, "motion", "definer", "ALL", COUNTER, "true")
    op.execute(f"""
        CREATE FUNCTION app.guard_motion() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
        BEGIN
          IF current_user = '{STAFF}' AND NEW.published_at IS NOT NULL
             AND (TG_OP = 'INSERT' OR NEW.published_at IS DISTINCT FROM OLD.published_at) THEN
            RAISE insufficient_privilege USING MESSAGE = 'the coordinator of the lead names a body in public';
          END IF;
          IF TG_OP = 'UPDATE' AND (NEW.id, NEW.campaign_id, NEW.organisation_id, NEW.created_at)
             IS DISTINCT FROM (OLD.id, OLD.campaign_id, OLD.organisation_id, OLD.created_at) THEN
            RAISE EXCEPTION 'whose motion it is never changes';
          END IF;
          RETURN NEW;
        END $body$""")
    op.execute("REVOKE ALL ON FUNCTION app.guard_motion() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON motion FOR EACH ROW EXECUTE FUNCTION app.guard_motion()"
    )
    define(
        op,
        "app.name_motion(m uuid, seen int, named bool, label text)",
        "bool",
        f"""
        DECLARE t motion;
        BEGIN
          SELECT * INTO t FROM motion WHERE id = m FOR UPDATE;
          IF t.id IS NULL OR NOT app.publishes_motion_texts(t.campaign_id) OR t.shared_at IS NULL THEN
            RAISE insufficient_privilege USING MESSAGE = 'this motion is not theirs to name';
          END IF;
          IF (t.published_at IS NOT NULL) = named OR t.version <> seen
             OR named AND (t.agreed_at IS NULL OR t.state NOT IN {COUNTED}) THEN
            RETURN false;
          END IF;
          UPDATE motion SET published_at = CASE WHEN named THEN clock_timestamp() END,
            published_label = CASE WHEN named THEN label END WHERE id = t.id;
          RETURN true;
        END""",
        grant=STAFF,
        options="VOLATILE",
    )


def _detail() -> None:
    op.create_table(
        "motion_detail",
        *owned(),
        *of_motion(),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        *[
            sa.Column(name, sa.Uuid)
            for name in ("unit_id", "action_id", "lead_user_id", "created_by", "told_by", "agreed_by")
        ],
        sa.Column("deadline_on", sa.Date),
        *[words(name, nullable=True) for name in ("postcode_answer", "how")],
        *[sa.Column(name, sa.Integer) for name in ("votes_for", "votes_against", "abstained")],
        *[sa.Column(f"{name}_cipher", sa.LargeBinary) for name in ("text", "amended", "notes")],
        sa.UniqueConstraint("organisation_id", "motion_id"),
        sa.UniqueConstraint("organisation_id", "submission_key"),
        sa.UniqueConstraint("organisation_id", "action_id"),
        sa.ForeignKeyConstraint(["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"]),
        sa.ForeignKeyConstraint(
            ["organisation_id", "action_id"],
            ["branch_action.organisation_id", "branch_action.id"],
            ondelete="SET NULL (action_id)",
        ),
        one_of("how", ("counted", "voices", "unanimous")),
        *[
            sa.CheckConstraint(f"{name} BETWEEN 0 AND 100000", name=name)
            for name in ("votes_for", "votes_against", "abstained")
        ],
    )
    for column in ("unit_id", "deadline_on"):
        op.create_index(
            f"ix_motion_detail_organisation_id_{column}", "motion_detail", ["organisation_id", column]
        )
    secure(op, "motion_detail", "owned")


def _movers() -> None:
    op.create_table(
        "motion_mover",
        *owned(),
        *of_motion(),
        words("part"),
        sa.Column("person_key", sa.LargeBinary, nullable=False),
        sa.Column("name_cipher", sa.LargeBinary),
        sa.UniqueConstraint("organisation_id", "motion_id", "part"),
        one_of("part", ("proposer", "seconder")),
    )
    op.create_index(
        "ix_motion_mover_organisation_id_person_key", "motion_mover", ["organisation_id", "person_key"]
    )
    secure(op, "motion_mover", "owned")
    op.execute(
        "CREATE TRIGGER keeps_people BEFORE INSERT ON motion_mover "
        "FOR EACH ROW EXECUTE FUNCTION app.refuse_people()"
    )


def _forwardings() -> None:
    op.create_table(
        "motion_forwarding",
        *owned(),
        *of_motion(),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        to("person"),
        to("institution"),
        sa.Column("engagement_id", sa.Uuid),
        sa.Column("sent_on", sa.Date, nullable=False),
        words("sent_by"),
        words("author_label"),
        sa.Column("recipient_cipher", sa.LargeBinary),
        sa.UniqueConstraint("organisation_id", "submission_key"),
        sa.ForeignKeyConstraint(
            ["engagement_id", "organisation_id"],
            ["engagement.id", "engagement.organisation_id"],
            ondelete="CASCADE",
        ),
        one_of("sent_by", ("letter", "email", "meeting", "call")),
        sa.CheckConstraint("num_nonnulls(person_id, institution_id, recipient_cipher) = 1", name="recipient"),
    )
    op.create_index(
        "ix_motion_forwarding_organisation_id_motion_id",
        "motion_forwarding",
        ["organisation_id", "motion_id"],
    )
    for column in ("engagement_id", "person_id", "institution_id"):
        op.create_index(f"ix_motion_forwarding_{column}", "motion_forwarding", [column])
    secure(op, "motion_forwarding", "owned")


def _history() -> None:
    op.create_table(
        "motion_event",
        *owned(),
        *of_motion(),
        words("what"),
        sa.Column("user_id", sa.Uuid),
        *[words(name) for name in ("user_label", "state")],
        sa.Column("fields", JSONB, nullable=False),
        sa.Column("comment_cipher", sa.LargeBinary),
    )
    op.create_index(
        "ix_motion_event_organisation_id_motion_id_created_at",
        "motion_event",
        ["organisation_id", "motion_id", "created_at"],
    )
    secure(op, "motion_event", "owned", write=False)
    op.create_table(
        "motion_notice",
        *owned(),
        sa.Column("user_id", sa.Uuid, nullable=False),
        words("stamp"),
        sa.UniqueConstraint("organisation_id", "user_id", "stamp"),
    )
    secure(op, "motion_notice", "owned")
