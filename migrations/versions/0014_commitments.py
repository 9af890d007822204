"""Nothing yet."""

revision = "0014_commitments"
down_revision = "0013_contact_log"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
