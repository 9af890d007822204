"""Nothing yet."""

revision = "0012_approaches"
down_revision = "0011_targets"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
