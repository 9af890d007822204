"""Nothing yet."""

revision = "0015_acts"
down_revision = "0014_commitments"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
