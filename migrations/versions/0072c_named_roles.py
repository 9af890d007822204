"""A name at an action is a person kept: not where the organisation keeps nobody."""

from alembic import op

revision = "0072c_named_roles"
down_revision = "0075b_public_calendar"


def upgrade() -> None:
    op.execute(
        "CREATE TRIGGER keeps_nobody BEFORE INSERT ON action_role FOR EACH ROW "
        "WHEN (NEW.name_cipher IS NOT NULL) EXECUTE FUNCTION app.refuse_people()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER keeps_nobody ON action_role")
