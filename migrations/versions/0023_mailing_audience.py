"""Whom a mailing spares, what was added at once, and how each office wants to be written to."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import instant, one_of, words

revision = "0023_mailing_audience"
down_revision = "0022_signatories"

LEFT_OUT = ("no_email", "not_in_office", "bounced", "no_salutation")
SINCE = ("dissolved", "asks_otherwise", "over_budget", "written_to")
PREFERENCES = ("email", "web_form", "invitations", "no_circulars")


def upgrade() -> None:
    op.add_column("mailing", sa.Column("spares_pressed", sa.Boolean, nullable=False, server_default="false"))
    op.add_column("mailing", sa.Column("quiet_days", sa.Integer))
    op.create_check_constraint(op.f("ck_mailing_quiet_days"), "mailing", "quiet_days BETWEEN 1 AND 90")
    op.add_column("mailing_choice", sa.Column("batch_id", sa.Uuid))
    _allow((*LEFT_OUT, *SINCE))
    op.add_column("person", words("contact_preference", nullable=True))
    op.add_column("person", words("contact_preference_note", nullable=True))
    op.add_column("person", words("contact_preference_by", nullable=True))
    op.add_column("person", instant("contact_preference_at"))
    op.create_check_constraint(
        op.f("ck_person_contact_preference"),
        "person",
        str(one_of("contact_preference", PREFERENCES).sqltext),
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_person_contact_preference"), "person", type_="check")
    for name in ("at", "by", "note"):
        op.drop_column("person", f"contact_preference_{name}")
    op.drop_column("person", "contact_preference")
    # The older product has no word for these reasons; its nearest is one that keeps them left out.
    op.execute(
        "UPDATE mailing_choice SET left_out = 'no_email' WHERE left_out IN ('asks_otherwise', 'over_budget', 'written_to')"
    )
    op.execute("UPDATE mailing_choice SET left_out = 'not_in_office' WHERE left_out = 'dissolved'")
    _allow(LEFT_OUT)
    op.drop_column("mailing_choice", "batch_id")
    op.drop_constraint(op.f("ck_mailing_quiet_days"), "mailing", type_="check")
    op.drop_column("mailing", "quiet_days")
    op.drop_column("mailing", "spares_pressed")


def _allow(reasons: tuple[str, ...]) -> None:
    name = op.f("ck_mailing_choice_left_out")
    op.drop_constraint(name, "mailing_choice", type_="check")
    op.create_check_constraint(name, "mailing_choice", str(one_of("left_out", reasons).sqltext))
