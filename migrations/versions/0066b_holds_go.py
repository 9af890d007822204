"""A hold of one contact goes with the contact: left behind without one, it would hold everybody."""

from alembic import op

revision = "0066b_holds_go"
down_revision = "0068c_introduced_gone"


def upgrade() -> None:
    _bind("CASCADE")


def downgrade() -> None:
    _bind("SET NULL (contact_id)")


def _bind(ondelete: str) -> None:
    name = (
        op.get_bind()
        .exec_driver_sql(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'retention_hold'::regclass AND contype = 'f' "
            "AND confrelid = 'contact'::regclass"
        )
        .scalar_one()
    )
    op.execute(f'ALTER TABLE retention_hold DROP CONSTRAINT "{name}"')
    op.execute(
        f'ALTER TABLE retention_hold ADD CONSTRAINT "{name}" FOREIGN KEY (organisation_id, contact_id) '
        f"REFERENCES contact (organisation_id, id) ON DELETE {ondelete}"
    )
