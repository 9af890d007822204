"""Nothing yet."""

revision = "0016_positions"
down_revision = "0015_acts"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
