"""Nothing yet."""

revision = "0013_contact_log"
down_revision = "0012_approaches"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
