"""A drive's text in four languages, the questions it asks after signing, and the answers, which are the collector's own."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from organising.platform.columns import instant, one_of, owned, shared, to, words
from organising.platform.schema import policy, secure

revision = "0036_drive_texts"
down_revision = "0035_removals"

PUBLIC = "organising_public"
SECTORS = ("education", "health", "police", "local_authority", "jobcentre", "other", "not_public")
TRANSLATED = ("cy", "es", "pt")
OPEN_DRIVE = "EXISTS (SELECT FROM pledge_drive d WHERE d.id = drive_id AND d.status IN ('open', 'closed'))"
MINE = "signing_id = (SELECT app.subject())"


def number(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer, nullable=False)


def of_drive() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("drive_id", sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id", "drive_id"], ["pledge_drive.campaign_id", "pledge_drive.id"]),
    ]


def upgrade() -> None:
    _whole_texts()
    _questions()
    _answers()
    _signed_text()


def _whole_texts() -> None:
    """A version is of the whole text: who signed can be shown the title they signed under, too."""
    every = ", ".join(f"'{sector}'" for sector in SECTORS)
    op.add_column(
        "pledge_drive",
        sa.Column("sectors", ARRAY(sa.Text), nullable=False, server_default=sa.text(f"ARRAY[{every}]")),
    )
    op.create_check_constraint(op.f("ck_pledge_drive_sectors"), "pledge_drive", f"sectors <@ ARRAY[{every}]")
    for name in ("title", "standfirst"):
        op.add_column("pledge_wording", words(name, nullable=True))
        op.execute(
            f"UPDATE pledge_wording w SET {name} = d.{name} FROM pledge_drive d WHERE d.id = w.drive_id"
        )
        op.alter_column("pledge_wording", name, nullable=False)
    op.create_table(
        "pledge_translation",
        *shared(),
        *of_drive(),
        number("version"),
        words("language"),
        number("edition"),
        words("title"),
        words("standfirst"),
        words("wording"),
        one_of("language", TRANSLATED),
        sa.ForeignKeyConstraint(
            ["drive_id", "version"], ["pledge_wording.drive_id", "pledge_wording.version"]
        ),
        sa.UniqueConstraint("drive_id", "language", "version", "edition"),
    )
    secure(op, "pledge_translation", "shared", write=False, published=OPEN_DRIVE)


def _questions() -> None:
    op.create_table(
        "pledge_question",
        *shared(),
        *of_drive(),
        number("place"),
        words("kind"),
        words("label"),
        words("choices"),
        number("revision"),
        instant("removed_at"),
        one_of("kind", ("short", "choice")),
        sa.CheckConstraint("(kind = 'choice') = (choices <> '')", name="choices"),
        sa.CheckConstraint("place BETWEEN 1 AND 3", name="place"),
    )
    op.create_index(
        "uq_pledge_question_place",
        "pledge_question",
        ["drive_id", "place"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    secure(op, "pledge_question", "shared", published=OPEN_DRIVE)
    op.create_table(
        "pledge_question_text",
        *shared(),
        *of_drive(),
        to("pledge_question", "question_id", nullable=False),
        words("language"),
        number("revision"),
        words("label"),
        words("choices"),
        one_of("language", TRANSLATED),
        sa.UniqueConstraint("question_id", "language"),
    )
    secure(op, "pledge_question_text", "shared", published=OPEN_DRIVE)


def _answers() -> None:
    op.create_table(
        "pledge_answer",
        *owned(),
        sa.Column("pledge_id", sa.Uuid, nullable=False),
        sa.Column("signing_id", sa.Uuid, nullable=False),
        to("pledge_question", "question_id", nullable=False),
        words("asked"),
        sa.Column("answer_cipher", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "pledge_id"], ["pledge.organisation_id", "pledge.id"], ondelete="CASCADE"
        ),
        sa.UniqueConstraint("organisation_id", "pledge_id", "question_id"),
    )
    op.create_index("ix_pledge_answer_signing_id", "pledge_answer", ["signing_id"])
    secure(op, "pledge_answer", "owned")
    op.execute(f"GRANT SELECT, INSERT, DELETE ON pledge_answer TO {PUBLIC}")
    policy(op, "pledge_answer", "mine_read", "SELECT", PUBLIC, MINE)
    policy(op, "pledge_answer", "mine_delete", "DELETE", PUBLIC, MINE)
    policy(
        op,
        "pledge_answer",
        "mine_insert",
        "INSERT",
        PUBLIC,
        f"{MINE} AND EXISTS (SELECT FROM pledge p JOIN pledge_question q ON q.drive_id = p.drive_id "
        "WHERE p.organisation_id = pledge_answer.organisation_id AND p.id = pledge_id "
        "AND p.signing_id = pledge_answer.signing_id AND p.part = 'collected' AND p.state = 'confirmed' "
        "AND p.details_removed_at IS NULL AND q.id = question_id AND q.removed_at IS NULL)",
    )


def _signed_text() -> None:
    """Which language somebody signed in hints at where they are from: sealed, and gone with their details."""
    op.add_column("pledge", sa.Column("signed_text_cipher", sa.LargeBinary))
    op.execute("""
        CREATE FUNCTION app.leave_with_details() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
        BEGIN
          IF NEW.details_removed_at IS NOT NULL THEN
            NEW.signed_text_cipher := NULL;
            DELETE FROM pledge_answer WHERE organisation_id = NEW.organisation_id AND pledge_id = NEW.id;
          ELSIF NEW.signed_text_cipher IS DISTINCT FROM OLD.signed_text_cipher THEN
            RAISE EXCEPTION 'what somebody signed never changes';
          END IF;
          RETURN NEW;
        END $body$""")
    op.execute("REVOKE ALL ON FUNCTION app.leave_with_details() FROM PUBLIC")
    # Triggers run by name: after `guard`, which says when the details of an ended signature go.
    op.execute(
        "CREATE TRIGGER leave_with_details BEFORE UPDATE ON pledge "
        "FOR EACH ROW EXECUTE FUNCTION app.leave_with_details()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER leave_with_details ON pledge")
    op.execute("DROP FUNCTION app.leave_with_details")
    op.drop_column("pledge", "signed_text_cipher")
    for table in ("pledge_answer", "pledge_question_text", "pledge_question", "pledge_translation"):
        op.drop_table(table)
    for name in ("title", "standfirst"):
        op.drop_column("pledge_wording", name)
    op.drop_constraint(op.f("ck_pledge_drive_sectors"), "pledge_drive", type_="check")
    op.drop_column("pledge_drive", "sectors")
