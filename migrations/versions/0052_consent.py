"""What contacts agreed to, in which words; facts of a special category go when the consent to keep them ends."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, one_of, owned, words
from organising.platform.schema import restrict, secure

revision = "0052_consent"
down_revision = "0048_sign_ons"

PURPOSES = ("news", "invitations", "fundraising", "union_membership", "opinions")
CHANNELS = ("email", "phone", "text", "post", "record")
DECISIONS = ("given", "refused", "withdrawn")
SOURCES = ("in_person", "phone", "paper", "form", "message", "import", "not_said")
# As in 0051: within reach goes a contact, and what hangs on it.
WHOLE = (
    "(SELECT app.usr()) IS NULL OR (SELECT app.own_role()) IN ('coordinator', 'deputy', 'admin', 'organiser')"
)


def upgrade() -> None:
    _wordings()
    _consents()
    _facts()


def of_contact() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", "contact_id"], ["contact.organisation_id", "contact.id"], ondelete="CASCADE"
    )


def within_reach(table: str) -> None:
    held = f"{WHOLE} OR EXISTS (SELECT FROM contact c WHERE c.id = {table}.contact_id)"
    restrict(op, table, "reach", "ALL", held)


def _wordings() -> None:
    op.create_table(
        "consent_wording",
        *owned(),
        words("purpose"),
        sa.Column("version", sa.Integer, nullable=False),
        words("text"),
        words("author_label"),
        sa.UniqueConstraint("organisation_id", "purpose", "version"),
        one_of("purpose", PURPOSES),
        sa.CheckConstraint("char_length(text) BETWEEN 1 AND 2000", name="text"),
    )
    secure(op, "consent_wording", "owned", write=False)


def _consents() -> None:
    op.create_table(
        "contact_consent",
        *owned(),
        sa.Column("contact_id", sa.Uuid, nullable=False),
        words("purpose"),
        words("channel"),
        words("decision"),
        sa.Column("wording_id", sa.Uuid),
        instant("decided_at", nullable=False),
        words("source"),
        sa.Column("evidence_cipher", sa.LargeBinary),
        sa.Column("recorded_by", sa.Uuid),
        words("author_label"),
        sa.Column("submission_key", sa.Uuid, nullable=False),
        of_contact(),
        sa.ForeignKeyConstraint(
            ["organisation_id", "wording_id"], ["consent_wording.organisation_id", "consent_wording.id"]
        ),
        sa.UniqueConstraint("organisation_id", "submission_key", "purpose", "channel"),
        one_of("purpose", PURPOSES),
        one_of("channel", CHANNELS),
        one_of("decision", DECISIONS),
        one_of("source", SOURCES),
        sa.CheckConstraint("decision <> 'given' OR wording_id IS NOT NULL", name="wording"),
        sa.CheckConstraint(
            "(channel = 'record') = (purpose IN ('union_membership', 'opinions'))", name="record"
        ),
    )
    op.create_index(
        "ix_contact_consent_organisation_id_contact_id_decided_at",
        "contact_consent",
        ["organisation_id", "contact_id", "decided_at"],
    )
    secure(op, "contact_consent", "owned", write=False)
    within_reach("contact_consent")


def _facts() -> None:
    op.create_table(
        "special_fact",
        *owned(),
        sa.Column("contact_id", sa.Uuid, nullable=False),
        words("purpose"),
        sa.Column("consent_id", sa.Uuid, nullable=False),
        sa.Column("value_cipher", sa.LargeBinary, nullable=False),
        of_contact(),
        sa.ForeignKeyConstraint(
            ["organisation_id", "consent_id"], ["contact_consent.organisation_id", "contact_consent.id"]
        ),
        sa.UniqueConstraint("organisation_id", "contact_id", "purpose"),
        sa.CheckConstraint("purpose IN ('union_membership', 'opinions')", name="purpose"),
    )
    secure(op, "special_fact", "owned")
    within_reach("special_fact")
    # Whatever SQL is sent: no such fact without a consent that stands, and none longer than it does.
    op.execute("""
        CREATE FUNCTION app.consent_stands(organisation uuid, contact uuid, what text) RETURNS bool LANGUAGE sql STABLE
        SET search_path = public, pg_temp AS $body$
          SELECT coalesce((SELECT c.decision = 'given' FROM contact_consent c
             WHERE c.organisation_id = organisation AND c.contact_id = contact AND c.purpose = what
             ORDER BY c.decided_at DESC, c.created_at DESC, c.id DESC LIMIT 1), false)
        $body$""")
    op.execute("""
        CREATE FUNCTION app.guard_special_fact() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
        BEGIN
          IF NOT app.consent_stands(NEW.organisation_id, NEW.contact_id, NEW.purpose) OR NOT EXISTS (
               SELECT FROM contact_consent c WHERE c.organisation_id = NEW.organisation_id AND c.id = NEW.consent_id
                AND c.contact_id = NEW.contact_id AND c.purpose = NEW.purpose AND c.decision = 'given') THEN
            RAISE check_violation USING MESSAGE = 'such a fact is kept with explicit consent only';
          END IF;
          RETURN NEW;
        END $body$""")
    op.execute("""
        CREATE FUNCTION app.drop_special_fact() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
        BEGIN
          IF NEW.channel = 'record' AND NOT app.consent_stands(NEW.organisation_id, NEW.contact_id, NEW.purpose) THEN
            DELETE FROM special_fact f WHERE f.organisation_id = NEW.organisation_id AND f.contact_id = NEW.contact_id
               AND f.purpose = NEW.purpose;
          END IF;
          RETURN NULL;
        END $body$""")
    for name in ("consent_stands(uuid, uuid, text)", "guard_special_fact()", "drop_special_fact()"):
        op.execute(f"REVOKE ALL ON FUNCTION app.{name} FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION app.consent_stands(uuid, uuid, text) TO organising_runtime")
    op.execute(
        "CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON special_fact "
        "FOR EACH ROW EXECUTE FUNCTION app.guard_special_fact()"
    )
    op.execute(
        "CREATE TRIGGER ends AFTER INSERT ON contact_consent "
        "FOR EACH ROW EXECUTE FUNCTION app.drop_special_fact()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER ends ON contact_consent")
    op.drop_table("special_fact")
    op.drop_table("contact_consent")
    op.drop_table("consent_wording")
    for name in ("drop_special_fact()", "guard_special_fact()", "consent_stands(uuid, uuid, text)"):
        op.execute(f"DROP FUNCTION app.{name}")
