"""Nothing yet."""

revision = "0018_parliaments"
down_revision = "0017_institution_asks"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
