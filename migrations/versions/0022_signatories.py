"""Partners named under a mailing: who is asked, what each answered, and the names that it leaves with."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from organising.platform.columns import created, instant, owned, to, words
from organising.platform.schema import secure

revision = "0022_signatories"
down_revision = "0021_standing_claims"

LENT_TO_ME = (
    "EXISTS (SELECT FROM mailing_reader r WHERE r.organisation_id = mailing_signatory.organisation_id "
    "AND r.mailing_id = mailing_signatory.mailing_id AND r.reader_id = (SELECT app.org()))"
)
BEFORE = "'approve', 'decline', 'release'"
ON_NAMES = "'endorse', 'drop_out', 'comment'"


def upgrade() -> None:
    op.add_column("mailing", sa.Column("asked_names", JSONB, nullable=False, server_default="[]"))
    op.add_column("mailing", sa.Column("named", JSONB, nullable=False, server_default="[]"))
    op.add_column("mailing", sa.Column("objection_hours", sa.Integer, nullable=False, server_default="48"))
    op.add_column("mailing", instant("objections_until"))
    op.create_check_constraint(
        op.f("ck_mailing_objection_hours"), "mailing", "objection_hours BETWEEN 2 AND 336"
    )
    op.create_table(
        "mailing_signatory",
        sa.Column("organisation_id", sa.Uuid, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        created(),
        sa.Column("mailing_id", sa.Uuid, nullable=False),
        to("organisation", "signatory_id", nullable=False),
        words("answer", server_default="none"),
        instant("answered_at"),
        words("answered_by", nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mailing_id"], ["mailing.organisation_id", "mailing.id"], ondelete="CASCADE"
        ),
        sa.CheckConstraint("answer IN ('none', 'endorsed', 'dropped_out')", name="answer"),
        sa.UniqueConstraint("organisation_id", "mailing_id", "signatory_id"),
    )
    secure(op, "mailing_signatory", "lent", readers=LENT_TO_ME)
    op.create_table(
        "sign_off_request",
        *owned(),
        sa.Column("mailing_organisation_id", sa.Uuid, nullable=False),
        sa.Column("mailing_id", sa.Uuid, nullable=False),
        words("content_hash"),
        sa.Column("user_id", sa.Uuid, nullable=False),
        instant("sent_at"),
        sa.UniqueConstraint("organisation_id", "mailing_id", "content_hash", "user_id"),
    )
    secure(op, "sign_off_request", "owned")
    # A person who is alone in an organisation signs their own work a quarter of an hour later.
    op.add_column("sign_off", instant("counts_from"))
    op.add_column("sign_off", sa.Column("shown", JSONB))
    op.drop_constraint(op.f("ck_sign_off_decision"), "sign_off")
    op.create_check_constraint(
        op.f("ck_sign_off_decision"), "sign_off", f"decision IN ({BEFORE}, {ON_NAMES})"
    )
    op.create_check_constraint(
        op.f("ck_sign_off_counts_from"), "sign_off", "counts_from >= created_at + interval '15 minutes'"
    )


def downgrade() -> None:
    op.execute(f"DELETE FROM sign_off WHERE decision IN ({ON_NAMES})")
    op.drop_constraint(op.f("ck_sign_off_counts_from"), "sign_off")
    op.drop_constraint(op.f("ck_sign_off_decision"), "sign_off")
    op.create_check_constraint(op.f("ck_sign_off_decision"), "sign_off", f"decision IN ({BEFORE})")
    op.drop_column("sign_off", "shown")
    op.drop_column("sign_off", "counts_from")
    op.drop_table("sign_off_request")
    op.drop_table("mailing_signatory")
    op.drop_constraint(op.f("ck_mailing_objection_hours"), "mailing")
    for name in ("objections_until", "objection_hours", "named", "asked_names"):
        op.drop_column("mailing", name)
