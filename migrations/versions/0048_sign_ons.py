"""Organisations that sign a pledge, published while they are members; and elected representatives who signed it."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, one_of, owned, shared, to, words
from organising.platform.schema import define, policy, restrict, secure

revision = "0048_sign_ons"
down_revision = "0049_ends"

PUBLIC, STAFF, COUNTER = "organising_public", "organising_runtime", "organising_counter"
STATES = ("internal_approval", "signed", "declined", "withdrawn", "replaced")
OF_OWN_DRIVE = (
    "EXISTS (SELECT FROM pledge_drive d WHERE d.id = drive_id AND d.organisation_id = (SELECT app.org()))"
)
# Whether a promise stands delivered, and nothing more of it.
OF_PROMISES = {"commitment": "id, person_id, kind, state, engagement_id", "engagement": "id, withdrawn_at"}
OFFICES = ("mp", "msp", "ms", "mla", "pcc", "mayor", "councillor")
OWN = "organisation_id = (SELECT app.org())"


def drive_key() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["campaign_id", "drive_id"], ["pledge_drive.campaign_id", "pledge_drive.id"]
    )


def upgrade() -> None:
    _invitations()
    _sign_ons()
    _inside()
    _notices()
    _guard()
    _published()
    _leaving()
    _representatives()


def _invitations() -> None:
    op.create_table(
        "pledge_sign_on_invitation",
        *shared(),
        sa.Column("drive_id", sa.Uuid, nullable=False),
        sa.Column("invited_id", sa.Uuid, nullable=False),
        drive_key(),
        sa.ForeignKeyConstraint(
            ["campaign_id", "invited_id"], ["campaign_member.campaign_id", "campaign_member.organisation_id"]
        ),
        sa.UniqueConstraint("drive_id", "invited_id"),
    )
    secure(op, "pledge_sign_on_invitation", "shared")
    # Whom the coordinator asks is between the two of them, and only who made the drive asks.
    restrict(
        op, "pledge_sign_on_invitation", "between", "SELECT", f"{OWN} OR invited_id = (SELECT app.org())"
    )
    restrict(op, "pledge_sign_on_invitation", "host", "INSERT", OF_OWN_DRIVE)


def _sign_ons() -> None:
    op.create_table(
        "pledge_sign_on",
        *shared(),
        sa.Column("drive_id", sa.Uuid, nullable=False),
        sa.Column("wording_version", sa.Integer, nullable=False),
        words("wording_hash"),
        words("state"),
        words("name"),
        words("signatory", nullable=True),
        words("signatory_role", nullable=True),
        instant("decided_at"),
        words("decided_label", nullable=True),
        instant("ended_at"),
        drive_key(),
        sa.ForeignKeyConstraint(
            ["drive_id", "wording_version"], ["pledge_wording.drive_id", "pledge_wording.version"]
        ),
        sa.UniqueConstraint("id", "organisation_id"),
        one_of("state", STATES),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 160", name="name"),
        sa.CheckConstraint("wording_hash ~ '^[0-9a-f]{64}$'", name="wording_hash"),
        sa.CheckConstraint(
            "state NOT IN ('signed', 'replaced', 'declined') OR num_nonnulls(decided_at, decided_label) = 2",
            name="decided",
        ),
        sa.CheckConstraint(
            "(state IN ('internal_approval', 'signed')) = (ended_at IS NULL)", name="ended_at"
        ),
    )
    op.create_index(
        "ix_pledge_sign_on_drive_id_organisation_id", "pledge_sign_on", ["drive_id", "organisation_id"]
    )
    for state, name in (("internal_approval", "asked"), ("signed", "signed")):
        op.create_index(
            f"uq_pledge_sign_on_{name}", "pledge_sign_on", ["drive_id", "organisation_id"], unique=True,
            postgresql_where=sa.text(f"state = '{state}'"),
        )  # fmt: skip
    secure(op, "pledge_sign_on", "shared")
    # A partner reads others' names where the public does, and not who is still thinking or said no.
    restrict(op, "pledge_sign_on", "between", "SELECT", f"{OWN} OR {OF_OWN_DRIVE}")
    op.execute(f"REVOKE DELETE ON pledge_sign_on FROM {STAFF}")
    op.execute(f"GRANT SELECT, UPDATE ON pledge_sign_on TO {COUNTER}")
    policy(op, "pledge_sign_on", "definer", "ALL", COUNTER, "true")


def _inside() -> None:
    op.create_table(
        "pledge_sign_on_inside",
        *owned(),
        sa.Column("sign_on_id", sa.Uuid, nullable=False),
        sa.Column("asked_by", sa.Uuid),
        sa.Column("decided_by", sa.Uuid),
        sa.Column("note_cipher", sa.LargeBinary),
        sa.Column("answer_cipher", sa.LargeBinary),
        sa.ForeignKeyConstraint(
            ["sign_on_id", "organisation_id"], ["pledge_sign_on.id", "pledge_sign_on.organisation_id"],
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("organisation_id", "sign_on_id"),
        # Nobody approves their own work.
        sa.CheckConstraint("decided_by <> asked_by", name="another"),
    )  # fmt: skip
    secure(op, "pledge_sign_on_inside", "owned")
    op.execute(f"REVOKE UPDATE, DELETE ON pledge_sign_on_inside FROM {STAFF}")
    op.execute(f"GRANT UPDATE (decided_by, answer_cipher) ON pledge_sign_on_inside TO {STAFF}")
    themselves = "({0} IS NULL OR {0} = (SELECT app.usr()))"
    restrict(
        op, "pledge_sign_on_inside", "themselves", "INSERT",
        f"{themselves.format('asked_by')} AND {themselves.format('decided_by')}",
    )  # fmt: skip
    restrict(op, "pledge_sign_on_inside", "decider", "UPDATE", "true", themselves.format("decided_by"))


def _notices() -> None:
    op.create_table(
        "pledge_sign_on_notice",
        *owned(),
        sa.Column("about_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.UniqueConstraint("organisation_id", "about_id", "user_id"),
    )
    secure(op, "pledge_sign_on_notice", "owned")


def _guard() -> None:
    """What was signed stays what was signed; and only somebody with the right, who did not ask for it, signs."""
    op.execute("""
        CREATE FUNCTION app.guard_sign_on() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
        BEGIN
          IF TG_OP = 'INSERT' THEN
            IF current_user = 'organising_runtime' AND NEW.state NOT IN ('internal_approval', 'declined') THEN
              RAISE insufficient_privilege USING MESSAGE = 'an organisation signs by the approval of somebody who did not ask';
            END IF;
            RETURN NEW;
          END IF;
          IF (NEW.id, NEW.campaign_id, NEW.organisation_id, NEW.drive_id, NEW.wording_version, NEW.wording_hash, NEW.name,
              NEW.signatory, NEW.signatory_role, NEW.author_label, NEW.created_at) IS DISTINCT FROM
             (OLD.id, OLD.campaign_id, OLD.organisation_id, OLD.drive_id, OLD.wording_version, OLD.wording_hash, OLD.name,
              OLD.signatory, OLD.signatory_role, OLD.author_label, OLD.created_at) THEN
            RAISE EXCEPTION 'what an organisation was asked to sign never changes';
          END IF;
          IF NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) NOT IN ('internal_approval>signed',
              'internal_approval>declined', 'internal_approval>withdrawn', 'signed>withdrawn', 'signed>replaced') THEN
            RAISE EXCEPTION 'a sign-on cannot go from % to %', OLD.state, NEW.state;
          END IF;
          IF NEW.state = 'signed' AND OLD.state <> 'signed' AND current_user = 'organising_runtime' THEN
            -- Apart, since the counter, which lets a name be withdrawn, may not read what is inside.
            IF coalesce(app.own_role(), '') NOT IN ('coordinator', 'deputy', 'admin')
               OR NOT EXISTS (SELECT FROM pledge_sign_on_inside i WHERE i.organisation_id = NEW.organisation_id
                   AND i.sign_on_id = NEW.id AND i.decided_by = app.usr() AND i.asked_by <> i.decided_by) THEN
              RAISE insufficient_privilege USING MESSAGE = 'this sign-on is not theirs to approve';
            END IF;
          END IF;
          RETURN NEW;
        END $body$""")
    op.execute("REVOKE ALL ON FUNCTION app.guard_sign_on() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON pledge_sign_on "
        "FOR EACH ROW EXECUTE FUNCTION app.guard_sign_on()"
    )


def _published() -> None:
    """The list that everyone reads, and the only way to it: what was signed, by who is a member or leads at this moment."""
    define(
        op,
        "app.published_sign_ons(d uuid)",
        "TABLE (organisation_id uuid, name text, signatory text, signatory_role text, wording_version int, "
        "signed_at timestamptz)",
        """
        SELECT s.organisation_id, s.name, s.signatory, s.signatory_role, s.wording_version, s.decided_at
          FROM pledge_sign_on s
          JOIN pledge_drive g ON g.id = s.drive_id AND g.status IN ('open', 'closed')
          JOIN campaign_member m ON m.campaign_id = s.campaign_id AND m.organisation_id = s.organisation_id
               AND m.coalition_status IN ('member', 'lead')
          JOIN organisation o ON o.id = s.organisation_id AND o.left_at IS NULL
         WHERE s.drive_id = d AND s.state = 'signed'""",
        grant=f"{PUBLIC}, {STAFF}",
    )


def _leaving() -> None:
    """Whoever leaves can press nothing any more: its name is taken back for it, and coming back does not sign again."""
    define(
        op,
        "app.end_sign_ons()",
        "trigger",
        """
        BEGIN
          UPDATE pledge_sign_on SET state = 'withdrawn', ended_at = now()
           WHERE campaign_id = NEW.campaign_id AND organisation_id = NEW.organisation_id
             AND state IN ('internal_approval', 'signed');
          RETURN NEW;
        END""",
        grant="",
        options="VOLATILE",
    )
    op.execute(
        "CREATE TRIGGER end_sign_ons AFTER UPDATE OF coalition_status ON campaign_member FOR EACH ROW "
        "WHEN (NEW.coalition_status = 'left' AND OLD.coalition_status <> 'left') EXECUTE FUNCTION app.end_sign_ons()"
    )


def _representatives() -> None:
    """Who signed as an elected representative: as they were on that day, and shown while the promise stands delivered."""
    op.create_table(
        "pledge_representative",
        *shared(),
        sa.Column("drive_id", sa.Uuid, nullable=False),
        to("person", nullable=False),
        sa.Column("commitment_id", sa.Uuid, nullable=False),
        words("name"),
        words("office"),
        words("place", nullable=True),
        sa.Column("signed_on", sa.Date, nullable=False),
        sa.Column("change_id", sa.Uuid),
        sa.Column("is_made_here", sa.Boolean, nullable=False),
        instant("ended_at"),
        words("ended_label", nullable=True),
        drive_key(),
        sa.ForeignKeyConstraint(
            ["commitment_id", "organisation_id"], ["commitment.id", "commitment.organisation_id"]
        ),
        one_of("office", OFFICES),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_label IS NULL)", name="ended"),
    )
    op.create_index(
        "uq_pledge_representative_standing", "pledge_representative", ["drive_id", "organisation_id", "person_id"],
        unique=True, postgresql_where=sa.text("ended_at IS NULL"),
    )  # fmt: skip
    for column in ("person_id", "commitment_id"):
        op.create_index(f"ix_pledge_representative_{column}", "pledge_representative", [column])
    secure(op, "pledge_representative", "shared")
    op.execute(f"REVOKE UPDATE, DELETE ON pledge_representative FROM {STAFF}")
    op.execute(f"GRANT UPDATE (ended_at, ended_label) ON pledge_representative TO {STAFF}")
    op.execute(f"GRANT SELECT ON pledge_representative TO {COUNTER}")
    policy(op, "pledge_representative", "representatives", "SELECT", COUNTER, "true")
    for table, columns in OF_PROMISES.items():
        op.execute(f"GRANT SELECT ({columns}) ON {table} TO {COUNTER}")
        policy(op, table, "representatives", "SELECT", COUNTER, "true")
    define(
        op,
        "app.published_representatives(d uuid)",
        "TABLE (person_id uuid, name text, office text, place text, signed_on date)",
        """
        SELECT DISTINCT ON (r.person_id) r.person_id, r.name, r.office, r.place, r.signed_on
          FROM pledge_representative r
          JOIN pledge_drive g ON g.id = r.drive_id AND g.status IN ('open', 'closed')
          JOIN commitment c ON c.id = r.commitment_id AND c.person_id = r.person_id
               AND c.kind = 'sign_pledge' AND c.state = 'delivered'
          LEFT JOIN engagement e ON e.id = c.engagement_id
         WHERE r.drive_id = d AND r.ended_at IS NULL AND e.withdrawn_at IS NULL
         ORDER BY r.person_id, r.created_at, r.id""",
        grant=f"{PUBLIC}, {STAFF}",
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION app.published_representatives")
    for table, columns in OF_PROMISES.items():
        op.execute(f"DROP POLICY representatives ON {table}")
        op.execute(f"REVOKE SELECT ({columns}) ON {table} FROM {COUNTER}")
    op.drop_table("pledge_representative")
    op.execute("DROP TRIGGER end_sign_ons ON campaign_member")
    op.execute("DROP FUNCTION app.end_sign_ons")
    op.execute("DROP FUNCTION app.published_sign_ons")
    for table in (
        "pledge_sign_on_notice", "pledge_sign_on_inside", "pledge_sign_on", "pledge_sign_on_invitation",
    ):  # fmt: skip
        op.drop_table(table)
    op.execute("DROP FUNCTION app.guard_sign_on")
