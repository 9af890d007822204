"""Statements: texts that nobody reads before their time, and names bound to one exact text."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, one_of, owned, shared, to, words
from organising.platform.schema import OWN, define, policy, restrict, secure

revision = "0077_statements"
down_revision = "0071b_officer_links"

PUBLIC, STAFF, COUNTER = "organising_public", "organising_runtime", "organising_counter"
KINDS = ("sign_on_letter", "press_release", "briefing", "lines_to_take")
STATES = ("draft", "consultation", "locked", "signoff_open", "final", "embargoed", "released")
FROZEN = "('locked', 'signoff_open', 'final', 'embargoed')"
FOLLOWS = (
    "draft>consultation", "consultation>draft", "draft>locked", "consultation>locked", "locked>consultation",
    "signoff_open>consultation", "final>consultation", "embargoed>consultation", "locked>signoff_open", "locked>final",
    "signoff_open>final", "final>embargoed", "final>released", "embargoed>released",
)  # fmt: skip
DRAFTERS = "('coordinator', 'deputy', 'admin', 'organiser')"
SIGNERS = "('coordinator', 'deputy', 'admin')"
ROLE = "(SELECT app.own_role())"
# The clock of the database decides, for whoever asks.
PASSED = "(t.embargo_at IS NULL OR t.embargo_at <= now())"
OUT = f"t.state = 'released' AND {PASSED}"
OWN_STATEMENT = (
    "EXISTS (SELECT FROM statement t WHERE t.id = statement_id AND t.organisation_id = (SELECT app.org()))"
)
DISCUSSED = "app.may_discuss_statement(statement_id)"


def lent() -> list[sa.schema.SchemaItem]:
    return [*owned(), to("statement", nullable=False)]


def upgrade() -> None:
    _statement()
    _asked()
    _who_reads()
    _versions()
    _comments()
    _sign_offs()
    _guards()
    _signatories()
    op.create_table(
        "statement_notice",
        *owned(),
        sa.Column("user_id", sa.Uuid, nullable=False),
        words("stamp"),
        sa.UniqueConstraint("organisation_id", "user_id", "stamp"),
    )
    secure(op, "statement_notice", "owned")


def _statement() -> None:
    op.create_table(
        "statement",
        *shared(),
        *[words(name) for name in ("kind", "title", "state")],
        sa.Column("number", sa.Integer, nullable=False, server_default="0"),
        sa.Column("consulted_number", sa.Integer),
        sa.Column("locked_number", sa.Integer),
        words("locked_hash", nullable=True),
        *[instant(name) for name in ("soft_deadline", "hard_deadline", "embargo_at")],
        sa.Column("lead_first", sa.Boolean, nullable=False, server_default=sa.false()),
        words("slug", nullable=True),
        *[instant(name) for name in ("opened_at", "released_at", "retired_at")],
        sa.Column("origin_id", sa.Uuid, sa.ForeignKey("statement.id")),
        sa.UniqueConstraint("campaign_id", "slug"),
        one_of("kind", KINDS),
        one_of("state", STATES),
        sa.CheckConstraint("char_length(title) BETWEEN 1 AND 120", name="title"),
        sa.CheckConstraint("soft_deadline <= hard_deadline", name="deadlines"),
        sa.CheckConstraint(
            "(state IN ('draft', 'consultation')) = (locked_number IS NULL) "
            "AND (locked_number IS NULL) = (locked_hash IS NULL)",
            name="locked",
        ),
        sa.CheckConstraint("(state = 'released') = (released_at IS NOT NULL)", name="released"),
        sa.CheckConstraint("state <> 'released' OR slug IS NOT NULL", name="slug"),
    )
    op.create_index("ix_statement_campaign_id_state", "statement", ["campaign_id", "state"])
    secure(
        op,
        "statement",
        "shared",
        published="state = 'released' AND kind <> 'lines_to_take' AND (embargo_at IS NULL OR embargo_at <= now())",
    )
    op.execute(f"REVOKE DELETE ON statement FROM {STAFF}")
    op.execute(f"GRANT SELECT, UPDATE ON statement TO {COUNTER}")
    policy(op, "statement", "definer", "ALL", COUNTER, "true")


def _asked() -> None:
    op.create_table(
        "statement_asked",
        *lent(),
        to("organisation", "asked_id", nullable=False),
        sa.Column("may_sign", sa.Boolean, nullable=False),
        sa.UniqueConstraint("statement_id", "asked_id"),
    )
    op.execute(f"GRANT SELECT ON statement_asked TO {COUNTER}")
    define(
        op,
        "app.is_asked_about_statement(s uuid)",
        "bool",
        "SELECT EXISTS (SELECT FROM statement_asked a WHERE a.statement_id = s AND a.asked_id = app.org())",
        grant=STAFF,
    )
    secure(op, "statement_asked", "lent", readers="app.is_asked_about_statement(statement_id)")
    policy(op, "statement_asked", "definer", "SELECT", COUNTER, "true")
    for command in ("INSERT", "UPDATE", "DELETE"):
        restrict(
            op,
            "statement_asked",
            f"author_{command.lower()}",
            command,
            f"{OWN_STATEMENT} AND {ROLE} IN {DRAFTERS}",
        )


def _who_reads() -> None:
    """Who works on a statement, and who may read one of its texts: asked by every policy below."""
    define(
        op,
        "app.may_discuss_statement(s uuid)",
        "bool",
        f"""
        SELECT EXISTS (SELECT FROM statement t WHERE t.id = s AND t.campaign_id = ANY (app.campaigns()) AND (
          t.organisation_id = app.org() AND app.own_role() IN {DRAFTERS}
          OR t.state <> 'draft' AND app.is_asked_about_statement(t.id) AND (
            app.own_role() IN {SIGNERS}
            OR app.own_role() = 'organiser' AND (t.embargo_at IS NULL OR t.state = 'consultation' OR {OUT}))))""",
        grant=STAFF,
    )
    define(
        op,
        "app.may_read_statement(s uuid, n int)",
        "bool",
        f"""
        SELECT EXISTS (SELECT FROM statement t WHERE t.id = s AND t.campaign_id = ANY (app.campaigns()) AND (
          n >= t.locked_number AND app.own_role() IS NOT NULL
            AND ({OUT} OR t.state = 'final' AND t.embargo_at IS NULL)
          OR app.may_discuss_statement(t.id) AND (t.organisation_id = app.org() OR n >= t.consulted_number)))""",
        grant=STAFF,
    )
    # An officer or analyst knows of none before it is final and under no embargo; a partner of those it is asked about.
    restrict(
        op,
        "statement",
        "known",
        "SELECT",
        "state = 'released' AND (embargo_at IS NULL OR embargo_at <= now()) OR state = 'final' AND embargo_at IS NULL "
        f"OR coalesce({ROLE}, '') NOT IN ('officer', 'analyst') "
        f"AND ({OWN} OR state <> 'draft' AND app.is_asked_about_statement(id))",
    )
    restrict(op, "statement", "drafter_insert", "INSERT", f"{ROLE} IN {DRAFTERS}")
    # No person: the clock's job.
    restrict(
        op, "statement", "drafter_update", "UPDATE", f"(SELECT app.usr()) IS NULL OR {ROLE} IN {DRAFTERS}"
    )


def _versions() -> None:
    op.create_table(
        "statement_version",
        *lent(),
        sa.Column("number", sa.Integer, nullable=False),
        *[words(name) for name in ("headline", "body", "digest")],
        sa.Column("editor_id", sa.Uuid, nullable=False),
        words("editor_label"),
        sa.Column("of_number", sa.Integer),
        words("note", nullable=True),
        sa.UniqueConstraint("statement_id", "number"),
        sa.CheckConstraint("char_length(headline) BETWEEN 1 AND 200", name="headline"),
        sa.CheckConstraint("char_length(body) BETWEEN 1 AND 40000", name="body"),
        sa.CheckConstraint("char_length(note) BETWEEN 1 AND 500", name="note"),
    )
    secure(
        op,
        "statement_version",
        "lent",
        readers="app.may_read_statement(statement_id, number)",
        published=f"EXISTS (SELECT FROM statement t WHERE t.id = statement_id AND number >= t.locked_number AND {OUT} "
        "AND t.kind <> 'lines_to_take')",
        write=False,
    )
    restrict(op, "statement_version", "embargo", "SELECT", "app.may_read_statement(statement_id, number)")
    restrict(
        op, "statement_version", "drafter", "INSERT",
        f"{OWN_STATEMENT} AND editor_id = (SELECT app.usr()) AND {ROLE} IN {DRAFTERS}",
    )  # fmt: skip
    op.execute(f"GRANT SELECT ON statement_version TO {COUNTER}")
    policy(op, "statement_version", "definer", "SELECT", COUNTER, "true")


def _comments() -> None:
    op.create_table(
        "statement_comment",
        *lent(),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("parent_id", sa.Uuid),
        words("quote", nullable=True),
        words("proposal", nullable=True),
        words("body"),
        sa.Column("author_id", sa.Uuid, nullable=False),
        words("author_label"),
        instant("withdrawn_at"),
        sa.CheckConstraint(
            "char_length(body) <= 4000 AND char_length(quote) <= 4000 AND char_length(proposal) <= 4000",
            name="length",
        ),
        sa.CheckConstraint("body <> '' OR proposal IS NOT NULL", name="says_something"),
        sa.CheckConstraint("proposal IS NULL OR quote IS NOT NULL", name="proposal"),
    )
    op.create_table(
        "statement_resolution",
        *lent(),
        sa.Column("comment_id", sa.Uuid, nullable=False),
        words("outcome"),
        words("words"),
        sa.Column("number", sa.Integer),
        words("author_label"),
        one_of("outcome", ("accepted", "closed", "reopened")),
    )
    for table in ("statement_comment", "statement_resolution"):
        op.create_index(f"ix_{table}_statement_id", table, ["statement_id", "created_at"])
        secure(op, table, "lent", readers=DISCUSSED, write=False)
        # What is said of a text quotes it.
        restrict(op, table, "discussed", "SELECT", DISCUSSED)
    restrict(
        op, "statement_comment", "open", "INSERT",
        f"{DISCUSSED} AND author_id = (SELECT app.usr()) AND EXISTS (SELECT FROM statement t WHERE t.id = statement_id "
        "AND t.state IN ('draft', 'consultation'))",
    )  # fmt: skip
    restrict(op, "statement_comment", "author", "UPDATE", "author_id = (SELECT app.usr())")
    op.execute(f"GRANT UPDATE (withdrawn_at) ON statement_comment TO {STAFF}")
    restrict(op, "statement_resolution", "author", "INSERT", f"{OWN_STATEMENT} AND {ROLE} IN {DRAFTERS}")


def _sign_offs() -> None:
    op.create_table(
        "statement_sign_off",
        *lent(),
        sa.Column("statement_organisation_id", sa.Uuid, nullable=False),
        *[words(name) for name in ("digest", "decision", "name", "signatory", "signatory_title", "comment")],
        sa.Column("signer_id", sa.Uuid, nullable=False),
        words("signer_label"),
        words("signer_role"),
        instant("withdrawn_at"),
        words("withdrawn_label", nullable=True),
        instant("voided_at"),
        one_of("decision", ("sign", "decline")),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 160", name="name"),
        sa.CheckConstraint(
            "char_length(signatory) <= 160 AND char_length(signatory_title) <= 160", name="signatory"
        ),
        sa.CheckConstraint("decision <> 'sign' OR signatory <> ''", name="signed_by"),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_label IS NULL)", name="withdrawn"),
    )
    op.create_index(
        "uq_statement_sign_off_standing", "statement_sign_off", ["statement_id", "organisation_id"], unique=True,
        postgresql_where=sa.text("voided_at IS NULL AND withdrawn_at IS NULL"),
    )  # fmt: skip
    secure(
        op,
        "statement_sign_off",
        "lent",
        readers="statement_organisation_id = (SELECT app.org())",
        write=False,
    )
    restrict(
        op, "statement_sign_off", "by_the_signer", "INSERT",
        f"{OWN} AND signer_id = (SELECT app.usr()) AND signer_role = {ROLE} AND {ROLE} IN {SIGNERS} "
        "AND voided_at IS NULL AND withdrawn_at IS NULL",
    )  # fmt: skip
    op.execute(f"GRANT UPDATE (withdrawn_at, withdrawn_label) ON statement_sign_off TO {STAFF}")
    restrict(op, "statement_sign_off", "taken_back", "UPDATE", f"{OWN} AND {ROLE} IN {SIGNERS}")
    op.execute(f"GRANT SELECT, UPDATE ON statement_sign_off TO {COUNTER}")
    policy(op, "statement_sign_off", "definer", "ALL", COUNTER, "true")


def _guards() -> None:
    _guard_statement()
    _name()
    _guard_texts()
    _guard_sign_offs()
    _leaving()


def _guard_statement() -> None:
    pairs = ", ".join(f"'{one}'" for one in FOLLOWS)
    op.execute(f"""
        CREATE FUNCTION app.guard_statement() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
        BEGIN
          IF TG_OP = 'INSERT' THEN
            IF NEW.state <> 'draft' OR NEW.number <> 0 OR num_nonnulls(NEW.consulted_number, NEW.locked_number, NEW.locked_hash,
                NEW.slug, NEW.opened_at, NEW.released_at, NEW.retired_at) > 0 THEN
              RAISE EXCEPTION 'a statement begins as an empty draft';
            END IF;
            RETURN NEW;
          END IF;
          IF (NEW.id, NEW.campaign_id, NEW.organisation_id, NEW.author_label, NEW.created_at, NEW.origin_id) IS DISTINCT FROM
             (OLD.id, OLD.campaign_id, OLD.organisation_id, OLD.author_label, OLD.created_at, OLD.origin_id) THEN
            RAISE EXCEPTION 'whose statement it is never changes';
          END IF;
          IF NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) NOT IN ({pairs}) THEN
            RAISE EXCEPTION 'a statement cannot go from % to %', OLD.state, NEW.state;
          END IF;
          IF current_user = '{STAFF}' THEN
            IF (NEW.number, NEW.consulted_number, NEW.locked_number, NEW.locked_hash, NEW.released_at, NEW.slug) IS DISTINCT FROM
               (OLD.number, OLD.consulted_number, OLD.locked_number, OLD.locked_hash, OLD.released_at, OLD.slug) THEN
              RAISE insufficient_privilege USING MESSAGE = 'the database writes which text stands';
            END IF;
            IF (NEW.state <> OLD.state OR NEW.embargo_at IS DISTINCT FROM OLD.embargo_at OR NEW.kind <> OLD.kind)
               AND NOT (OLD.state IN ('draft', 'consultation') AND NEW.state IN ('draft', 'consultation'))
               AND NOT (OLD.state = 'embargoed' AND NEW.state = 'released' AND app.usr() IS NULL)
               AND NOT (coalesce(app.own_role(), '') = 'coordinator' AND EXISTS (SELECT FROM campaign_member m
                  WHERE m.campaign_id = NEW.campaign_id AND m.organisation_id = app.org() AND m.coalition_status = 'lead')) THEN
              RAISE insufficient_privilege USING MESSAGE = 'the coordinator of the lead locks, opens and releases';
            END IF;
          END IF;
          IF OLD.state NOT IN ('draft', 'consultation') THEN
            IF NEW.embargo_at IS DISTINCT FROM OLD.embargo_at
               AND (OLD.state = 'released' OR NEW.embargo_at IS NULL OR NEW.embargo_at < OLD.embargo_at) THEN
              RAISE EXCEPTION 'an embargo is never brought forward or lifted';
            END IF;
            IF NEW.kind <> OLD.kind THEN
              RAISE EXCEPTION 'what is locked stays what it is';
            END IF;
          END IF;
          IF NEW.state = 'embargoed' AND NEW.embargo_at IS NULL THEN
            RAISE EXCEPTION 'there is no embargo';
          END IF;
          IF NEW.state = 'released' AND OLD.state <> 'released' THEN
            IF NEW.embargo_at > clock_timestamp() THEN
              RAISE insufficient_privilege USING MESSAGE = 'the embargo has not passed';
            END IF;
            NEW.released_at := clock_timestamp();
          END IF;
          IF NEW.state = 'consultation' THEN
            NEW.consulted_number := coalesce(NEW.consulted_number, NEW.number);
          ELSIF NEW.state = 'draft' THEN
            NEW.consulted_number := NULL;
          ELSE
            NEW.consulted_number := coalesce(NEW.consulted_number, NEW.number);
          END IF;
          IF NEW.state IN ('draft', 'consultation') THEN
            NEW.locked_number := NULL; NEW.locked_hash := NULL; NEW.opened_at := NULL;
          ELSIF NEW.state = 'locked' AND OLD.state <> 'locked' THEN
            NEW.locked_number := NEW.number;
            NEW.locked_hash := (SELECT v.digest FROM statement_version v WHERE v.statement_id = NEW.id AND v.number = NEW.number);
            IF NEW.locked_hash IS NULL THEN
              RAISE EXCEPTION 'there is no text to lock';
            END IF;
          END IF;
          RETURN NEW;
        END $body$""")
    op.execute("REVOKE ALL ON FUNCTION app.guard_statement() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON statement "
        "FOR EACH ROW EXECUTE FUNCTION app.guard_statement()"
    )


def _name() -> None:
    """The address of the public page is made of the headline, so it is made at the release and not before."""
    define(
        op,
        "app.name_statement()",
        "trigger",
        r"""
        DECLARE made text;
        BEGIN
          SELECT regexp_replace(lower(normalize(v.headline, NFKD)), '[^\x01-\x7f]|' || chr(39), '', 'g') INTO made
            FROM statement_version v WHERE v.statement_id = NEW.id AND v.number = NEW.locked_number;
          made := trim('-' FROM left(trim('-' FROM regexp_replace(coalesce(made, ''), '[^a-z0-9]+', '-', 'g')), 60));
          IF made = '' OR EXISTS (SELECT FROM statement t WHERE t.campaign_id = NEW.campaign_id AND t.slug = made) THEN
            made := trim('-' FROM made || '-' || left(NEW.id::text, 6));
          END IF;
          NEW.slug := made;
          RETURN NEW;
        END""",
        grant="",
        options="VOLATILE",
    )
    op.execute(
        "CREATE TRIGGER name BEFORE UPDATE ON statement FOR EACH ROW "
        "WHEN (NEW.state = 'released' AND OLD.state <> 'released') EXECUTE FUNCTION app.name_statement()"
    )


def _guard_texts() -> None:
    """A new text counts from the moment it is kept: in the same transaction every sign-off of the one before is void."""
    define(
        op,
        "app.take_statement_version()",
        "trigger",
        f"""
        DECLARE t statement;
        BEGIN
          -- Whoever signs holds this row until their commit, and whoever signs later reads it anew.
          SELECT * INTO t FROM statement WHERE id = NEW.statement_id FOR UPDATE;
          IF t.id IS NULL OR t.organisation_id <> NEW.organisation_id THEN
            RAISE insufficient_privilege USING MESSAGE = 'this statement is not theirs';
          END IF;
          IF NEW.number <> t.number + 1 THEN
            RAISE EXCEPTION 'another text came between';
          END IF;
          IF t.state NOT IN ('draft', 'consultation') AND coalesce(app.own_role(), '') <> 'coordinator' THEN
            RAISE insufficient_privilege USING MESSAGE = 'only the coordinator opens a locked text again';
          END IF;
          IF (t.state = 'released') <> (NEW.note IS NOT NULL) THEN
            RAISE EXCEPTION 'a correction of what is released says what it puts right, and nothing else does';
          END IF;
          IF t.state = 'released' AND EXISTS (SELECT FROM statement_sign_off o WHERE o.statement_id = t.id
              AND o.decision = 'sign' AND o.voided_at IS NULL)
             AND (NEW.headline, NEW.body) IS DISTINCT FROM (SELECT (v.headline, v.body) FROM statement_version v
               WHERE v.statement_id = t.id AND v.number = t.number) THEN
            RAISE EXCEPTION 'words that somebody signed never change under their name';
          END IF;
          NEW.digest := encode(sha256(convert_to(NEW.headline || E'\\n\\n' || NEW.body, 'UTF8')), 'hex');
          UPDATE statement SET number = NEW.number, state = CASE WHEN state IN {FROZEN} THEN 'consultation' ELSE state END
           WHERE id = t.id;
          RETURN NEW;
        END""",
        grant="",
        options="VOLATILE",
    )
    op.execute(
        "CREATE TRIGGER take BEFORE INSERT ON statement_version "
        "FOR EACH ROW EXECUTE FUNCTION app.take_statement_version()"
    )
    define(
        op,
        "app.void_statement_sign_offs()",
        "trigger",
        "BEGIN UPDATE statement_sign_off SET voided_at = now() WHERE statement_id = NEW.id AND voided_at IS NULL; "
        "RETURN NEW; END",
        grant="",
        options="VOLATILE",
    )
    op.execute(
        f"CREATE TRIGGER void_sign_offs AFTER UPDATE ON statement FOR EACH ROW WHEN (OLD.state IN {FROZEN} "
        "AND NEW.state IN ('draft', 'consultation')) EXECUTE FUNCTION app.void_statement_sign_offs()"
    )


def _guard_sign_offs() -> None:
    """A name is given to the text that stands at that moment, and to no other: the statement is held until the commit."""
    define(
        op,
        "app.take_statement_sign_off()",
        "trigger",
        f"""
        DECLARE t statement;
        BEGIN
          SELECT * INTO t FROM statement WHERE id = NEW.statement_id FOR SHARE;
          IF t.id IS NULL OR NEW.statement_organisation_id <> t.organisation_id THEN
            RAISE insufficient_privilege USING MESSAGE = 'this is not theirs to sign';
          END IF;
          IF t.state <> 'signoff_open' OR NEW.digest IS DISTINCT FROM t.locked_hash THEN
            RAISE object_not_in_prerequisite_state USING MESSAGE = 'the text that was read is not the one that is asked about';
          END IF;
          IF t.hard_deadline <= clock_timestamp() THEN
            RAISE object_not_in_prerequisite_state USING MESSAGE = 'the time to sign is over';
          END IF;
          IF NOT EXISTS (SELECT FROM statement_asked a JOIN campaign_member m ON m.campaign_id = t.campaign_id
                AND m.organisation_id = a.asked_id AND m.coalition_status IN ('member', 'lead')
              WHERE a.statement_id = t.id AND a.asked_id = NEW.organisation_id AND a.may_sign) THEN
            RAISE insufficient_privilege USING MESSAGE = 'this organisation is not asked for its name';
          END IF;
          -- Nobody signs what they wrote themselves, unless there is nobody else with them who can.
          IF EXISTS (SELECT FROM statement_version v WHERE v.statement_id = t.id AND v.number = t.locked_number
                AND v.editor_id = NEW.signer_id)
             AND EXISTS (SELECT FROM membership m WHERE m.organisation_id = NEW.organisation_id AND m.ended_at IS NULL
                AND m.user_id <> NEW.signer_id AND m.role IN {SIGNERS}) THEN
            RAISE insufficient_privilege USING MESSAGE = 'somebody else signs what they wrote';
          END IF;
          RETURN NEW;
        END""",
        grant="",
        options="VOLATILE",
    )
    op.execute(
        "CREATE TRIGGER take BEFORE INSERT ON statement_sign_off "
        "FOR EACH ROW EXECUTE FUNCTION app.take_statement_sign_off()"
    )
    op.execute("""
        CREATE FUNCTION app.guard_statement_sign_off() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp
        AS $body$
        BEGIN
          IF OLD.withdrawn_at IS NOT NULL AND (NEW.withdrawn_at, NEW.withdrawn_label) IS DISTINCT FROM
             (OLD.withdrawn_at, OLD.withdrawn_label) THEN
            RAISE EXCEPTION 'what was taken back stays so; sign anew';
          END IF;
          IF current_user = 'organising_runtime' AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at THEN
            NEW.withdrawn_at := clock_timestamp();
          END IF;
          RETURN NEW;
        END $body$""")
    op.execute("REVOKE ALL ON FUNCTION app.guard_statement_sign_off() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER guard BEFORE UPDATE ON statement_sign_off "
        "FOR EACH ROW EXECUTE FUNCTION app.guard_statement_sign_off()"
    )


def _leaving() -> None:
    """Whoever leaves can press nothing any more: its names are taken back for it."""
    define(
        op,
        "app.end_statement_sign_offs()",
        "trigger",
        """
        BEGIN
          UPDATE statement_sign_off o SET withdrawn_at = now(), withdrawn_label = 'Organising'
            FROM statement t
           WHERE t.id = o.statement_id AND t.campaign_id = NEW.campaign_id AND o.organisation_id = NEW.organisation_id
             AND o.voided_at IS NULL AND o.withdrawn_at IS NULL;
          RETURN NEW;
        END""",
        grant="",
        options="VOLATILE",
    )
    op.execute(
        "CREATE TRIGGER end_statement_sign_offs AFTER UPDATE OF coalition_status ON campaign_member FOR EACH ROW "
        "WHEN (NEW.coalition_status = 'left' AND OLD.coalition_status <> 'left') "
        "EXECUTE FUNCTION app.end_statement_sign_offs()"
    )


def _signatories() -> None:
    """The list under a statement, and the only way to it: who signed the text that stands, and may be published now."""
    define(
        op,
        "app.statement_signatories(s uuid)",
        "TABLE (organisation_id uuid, name text, signatory text, title text, signed_at timestamptz, "
        "withdrawn_at timestamptz, is_lead bool)",
        f"""
        SELECT o.organisation_id, o.name, o.signatory, o.signatory_title, o.created_at, o.withdrawn_at,
               m.coalition_status = 'lead'
          FROM statement_sign_off o
          JOIN statement t ON t.id = o.statement_id AND t.locked_hash = o.digest
          JOIN campaign_member m ON m.campaign_id = t.campaign_id AND m.organisation_id = o.organisation_id
          JOIN organisation g ON g.id = o.organisation_id
         WHERE t.id = s AND o.decision = 'sign' AND o.voided_at IS NULL
           AND (o.withdrawn_at IS NULL AND m.coalition_status IN ('member', 'lead') AND g.left_at IS NULL
                OR o.withdrawn_at > t.released_at)
           AND ({OUT} AND t.kind <> 'lines_to_take' OR app.may_read_statement(t.id, t.locked_number))""",
        grant=f"{PUBLIC}, {STAFF}",
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION app.statement_signatories")
    op.execute("DROP TRIGGER end_statement_sign_offs ON campaign_member")
    op.execute("DROP FUNCTION app.end_statement_sign_offs")
    op.execute("DROP POLICY known ON statement")
    op.drop_table("statement_notice")
    for table in ("sign_off", "resolution", "comment", "version", "asked"):
        op.execute(f"DROP TABLE statement_{table} CASCADE")
    op.drop_table("statement")
    for name in (
        "take_statement_sign_off", "guard_statement_sign_off", "void_statement_sign_offs", "take_statement_version",
        "guard_statement", "name_statement", "may_read_statement", "may_discuss_statement", "is_asked_about_statement",
    ):  # fmt: skip
        op.execute(f"DROP FUNCTION app.{name}")
