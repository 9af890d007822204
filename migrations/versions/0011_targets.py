"""Nothing yet."""

revision = "0011_targets"
down_revision = "0010_postcodes"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
