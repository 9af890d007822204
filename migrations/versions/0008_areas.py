"""Nothing yet."""

revision = "0008_areas"
down_revision = "0007_institutions"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
