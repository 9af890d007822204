"""Nothing yet."""

revision = "0017_institution_asks"
down_revision = "0016_positions"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
