"""A password reset whose mail was refused at its very last moment waits for the next attempt again."""

from alembic import op

from organising.platform.schema import define

revision = "0045_resets_given_back"
down_revision = "0044_embeds"


def upgrade() -> None:
    define(
        op,
        "app.give_password_reset_back(reset uuid)",
        "void",
        "UPDATE password_reset SET sent_at = NULL WHERE id = reset AND used_at IS NULL AND app.purpose() = 'identity'",
        grant="organising_runtime",
        options="VOLATILE",
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION app.give_password_reset_back(uuid)")
