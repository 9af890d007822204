"""Nothing yet."""

revision = "0009_imports"
down_revision = "0008_areas"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
