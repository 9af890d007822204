"""A drive's own colour, and the logos with which members and the lead stand on its page."""

import sqlalchemy as sa
from alembic import op

from organising.platform.columns import shared, words
from organising.platform.schema import secure

revision = "0042_looks"
down_revision = "0041_updates"

HEX = "{name} ~ '^#[0-9a-f]{{6}}$'"


def upgrade() -> None:
    for name in ("colour", "colour_dark"):
        op.add_column("pledge_drive", words(name, nullable=True))
        op.create_check_constraint(op.f(f"ck_pledge_drive_{name}"), "pledge_drive", HEX.format(name=name))
    op.create_check_constraint(
        op.f("ck_pledge_drive_colours"), "pledge_drive", "(colour IS NULL) = (colour_dark IS NULL)"
    )
    op.add_column(
        "pledge_drive", sa.Column("shows_logos", sa.Boolean, nullable=False, server_default=sa.true())
    )
    op.create_table(
        "partner_logo",
        *shared(),
        words("digest"),
        words("kind"),
        words("alt"),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("kind IN ('image/png', 'image/jpeg')", name="kind"),
        sa.CheckConstraint("length(content) <= 65536", name="content"),
        sa.UniqueConstraint("campaign_id", "organisation_id"),
    )
    # A contributor is never published (domain): its logo is not there for the public, whoever asks for it.
    secure(
        op,
        "partner_logo",
        "shared",
        published="EXISTS (SELECT FROM campaign_member m JOIN organisation o ON o.id = m.organisation_id "
        "WHERE m.campaign_id = partner_logo.campaign_id AND m.organisation_id = partner_logo.organisation_id "
        "AND m.coalition_status IN ('member', 'lead') AND o.left_at IS NULL)",
    )


def downgrade() -> None:
    op.drop_table("partner_logo")
    op.drop_column("pledge_drive", "shows_logos")
    op.drop_constraint(op.f("ck_pledge_drive_colours"), "pledge_drive", type_="check")
    for name in ("colour_dark", "colour"):
        op.drop_constraint(op.f(f"ck_pledge_drive_{name}"), "pledge_drive", type_="check")
        op.drop_column("pledge_drive", name)
