"""Nothing yet."""

revision = "0010_postcodes"
down_revision = "0009_imports"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
