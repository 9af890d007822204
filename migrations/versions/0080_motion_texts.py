"""Model texts for motions: drafts of one organisation, versions that the coalition publishes and nobody changes after."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from organising.platform.columns import instant, one_of, shared, words
from organising.platform.schema import OWN, define, policy, restrict, secure

revision = "0080_motion_texts"
down_revision = "0079_tasks"

STAFF, COUNTER = "organising_runtime", "organising_counter"
FORUMS = ("branch", "district", "conference", "trades_council", "governing_body", "council", "trust_board")
DRAFTERS = "('coordinator', 'deputy', 'admin', 'organiser')"
DRAFTS = f"coalesce((SELECT app.own_role()), '') IN {DRAFTERS}"
IDENTITY = ("id", "campaign_id", "organisation_id", "text_id", "number", "author_label", "created_at")
CONTENT = (
    "title",
    "notes",
    "believes",
    "resolves",
    "briefing",
    "forums",
    "ask_ids",
    "news",
    "revision",
    "edited_label",
)
PUBLICATION = ("published_at", "published_label", "digest")
WITHDRAWAL = ("withdrawn_at", "withdrawn_label", "withdrawal_reason")


def upgrade() -> None:
    _text()
    _version()
    _who_publishes()
    _who_reads()
    _guard()
    _decide()


def _text() -> None:
    op.create_table(
        "motion_text",
        *shared(),
        words("language"),
        sa.UniqueConstraint("organisation_id", "id"),
        one_of("language", ("en", "cy", "es", "pt")),
    )
    op.create_index("ix_motion_text_campaign_id", "motion_text", ["campaign_id"])


def _version() -> None:
    listed = ", ".join(f"'{one}'" for one in FORUMS)
    op.create_table(
        "motion_text_version",
        *shared(),
        sa.Column("text_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
        *[words(name) for name in ("title", "notes", "believes", "resolves", "briefing", "news", "edited_label")],
        sa.Column("forums", ARRAY(sa.Text), nullable=False),
        sa.Column("ask_ids", ARRAY(sa.Uuid), nullable=False),
        instant("offered_at"),
        words("returned_note", nullable=True),
        instant("published_at"),
        *[words(name, nullable=True) for name in ("published_label", "digest")],
        instant("withdrawn_at"),
        *[words(name, nullable=True) for name in ("withdrawn_label", "withdrawal_reason")],
        sa.ForeignKeyConstraint(
            ["organisation_id", "text_id"], ["motion_text.organisation_id", "motion_text.id"]
        ),
        sa.UniqueConstraint("text_id", "number"),
        sa.CheckConstraint("char_length(title) BETWEEN 1 AND 200", name="title"),
        sa.CheckConstraint(
            "char_length(notes) <= 8000 AND char_length(believes) <= 8000 AND char_length(resolves) <= 8000 "
            "AND char_length(briefing) <= 8000 AND char_length(news) <= 1000",
            name="length",
        ),
        sa.CheckConstraint(f"forums <@ ARRAY[{listed}] AND cardinality(forums) > 0", name="forums"),
        sa.CheckConstraint("num_nonnulls(published_at, published_label, digest) IN (0, 3)", name="published"),
        sa.CheckConstraint("num_nonnulls(withdrawn_at, withdrawn_label, withdrawal_reason) IN (0, 3)", name="withdrawn"),
        sa.CheckConstraint("published_at IS NOT NULL OR withdrawn_at IS NULL", name="withdrawn_after"),
        sa.CheckConstraint("published_at IS NULL OR (resolves <> '' AND offered_at IS NULL)", name="complete"),
        sa.CheckConstraint("char_length(withdrawal_reason) BETWEEN 1 AND 500", name="withdrawal_reason"),
        sa.CheckConstraint("char_length(returned_note) BETWEEN 1 AND 1000", name="returned_note"),
    )  # fmt: skip
    op.create_index(
        "uq_motion_text_version_draft",
        "motion_text_version",
        ["text_id"],
        unique=True,
        postgresql_where=sa.text("published_at IS NULL"),
    )
    op.create_index("ix_motion_text_version_campaign_id", "motion_text_version", ["campaign_id"])


def _who_publishes() -> None:
    define(
        op,
        "app.publishes_motion_texts(campaign uuid)",
        "bool",
        """
        SELECT coalesce(app.own_role(), '') = 'coordinator' AND EXISTS (SELECT FROM campaign_member m
          WHERE m.campaign_id = campaign AND m.organisation_id = app.org() AND m.coalition_status = 'lead')""",
        grant=STAFF,
    )


def _who_reads() -> None:
    """A draft is there for those who write in its organisation, and once it is offered for the lead's coordinator."""
    for table in ("motion_text", "motion_text_version"):
        secure(op, table, "shared")
        restrict(op, table, "drafter_insert", "INSERT", DRAFTS)
    restrict(
        op,
        "motion_text_version",
        "known",
        "SELECT",
        f"published_at IS NOT NULL OR {OWN} AND {DRAFTS} "
        "OR offered_at IS NOT NULL AND app.publishes_motion_texts(campaign_id)",
    )
    restrict(
        op,
        "motion_text",
        "known",
        "SELECT",
        f"{OWN} AND {DRAFTS} OR EXISTS (SELECT FROM motion_text_version v WHERE v.text_id = motion_text.id)",
    )
    op.execute(f"REVOKE UPDATE ON motion_text FROM {STAFF}")
    restrict(op, "motion_text", "drafter_delete", "DELETE", DRAFTS)
    for command in ("UPDATE", "DELETE"):
        restrict(
            op,
            "motion_text_version",
            f"drafter_{command.lower()}",
            command,
            f"{DRAFTS} AND published_at IS NULL",
        )
    op.execute(f"GRANT SELECT, UPDATE ON motion_text_version TO {COUNTER}")
    policy(op, "motion_text_version", "definer", "ALL", COUNTER, "true")


def _row(side: str, names: tuple[str, ...]) -> str:
    return "(" + ", ".join(f"{side}.{name}" for name in names) + ")"


def _guard() -> None:
    """What is published stays word for word, whoever asks and in whatever SQL."""
    kept = IDENTITY + CONTENT + PUBLICATION
    decided = PUBLICATION + WITHDRAWAL
    op.execute(f"""
        CREATE FUNCTION app.guard_motion_text_version() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
        BEGIN
          IF TG_OP = 'DELETE' THEN
            IF OLD.published_at IS NOT NULL THEN
              RAISE EXCEPTION 'a published model text is withdrawn and never deleted';
            END IF;
            RETURN OLD;
          END IF;
          IF TG_OP = 'INSERT' THEN
            IF current_user = '{STAFF}' AND num_nonnulls(NEW.offered_at, NEW.returned_note, NEW.published_at, NEW.withdrawn_at) > 0 THEN
              RAISE insufficient_privilege USING MESSAGE = 'a model text begins as a draft';
            END IF;
            RETURN NEW;
          END IF;
          IF {_row("NEW", IDENTITY)} IS DISTINCT FROM {_row("OLD", IDENTITY)} THEN
            RAISE EXCEPTION 'whose model text it is never changes';
          END IF;
          IF OLD.published_at IS NOT NULL AND {_row("NEW", kept)} IS DISTINCT FROM {_row("OLD", kept)} THEN
            RAISE EXCEPTION 'a published model text never changes; publish a new version';
          END IF;
          IF current_user = '{STAFF}' AND {_row("NEW", decided)} IS DISTINCT FROM {_row("OLD", decided)} THEN
            RAISE insufficient_privilege USING MESSAGE = 'the coordinator of the lead publishes and withdraws';
          END IF;
          RETURN NEW;
        END $body$""")
    op.execute("REVOKE ALL ON FUNCTION app.guard_motion_text_version() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON motion_text_version "
        "FOR EACH ROW EXECUTE FUNCTION app.guard_motion_text_version()"
    )


def _decide() -> None:
    """The coordinator's word about a text of any partner's: the only way by which one is published or withdrawn."""
    define(
        op,
        "app.decide_motion_text(version uuid, verb text, seen int, said text, label text)",
        "bool",
        """
        DECLARE t motion_text_version;
        BEGIN
          SELECT * INTO t FROM motion_text_version WHERE id = version FOR UPDATE;
          IF t.id IS NULL OR NOT app.publishes_motion_texts(t.campaign_id)
             OR t.published_at IS NULL AND t.offered_at IS NULL AND t.organisation_id <> app.org() THEN
            RAISE insufficient_privilege USING MESSAGE = 'this model text is not theirs to decide about';
          END IF;
          IF (verb IN ('publish', 'return')) <> (t.published_at IS NULL) OR verb = 'return' AND t.offered_at IS NULL
             OR verb = 'withdraw' AND t.withdrawn_at IS NOT NULL OR verb = 'restore' AND t.withdrawn_at IS NULL
             OR verb = 'publish' AND t.revision <> seen THEN
            RETURN false;
          END IF;
          CASE verb
            WHEN 'publish' THEN
              UPDATE motion_text_version SET published_at = clock_timestamp(), published_label = label, offered_at = NULL,
                returned_note = NULL, digest = encode(sha256(convert_to(jsonb_build_array(t.title, t.notes, t.believes,
                t.resolves, t.briefing, t.forums, t.ask_ids)::text, 'UTF8')), 'hex') WHERE id = t.id;
            WHEN 'return' THEN
              UPDATE motion_text_version SET offered_at = NULL, returned_note = said WHERE id = t.id;
            WHEN 'withdraw' THEN
              UPDATE motion_text_version SET withdrawn_at = clock_timestamp(), withdrawn_label = label,
                withdrawal_reason = said WHERE id = t.id;
            WHEN 'restore' THEN
              UPDATE motion_text_version SET withdrawn_at = NULL, withdrawn_label = NULL, withdrawal_reason = NULL
                WHERE id = t.id;
          END CASE;
          RETURN true;
        END""",
        grant=STAFF,
        options="VOLATILE",
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION app.decide_motion_text")
    op.execute("DROP POLICY known ON motion_text")
    op.drop_table("motion_text_version")
    op.drop_table("motion_text")
    op.execute("DROP FUNCTION app.guard_motion_text_version")
    op.execute("DROP FUNCTION app.publishes_motion_texts")
