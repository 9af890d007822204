"""A step of a request for information can be taken back: each line of its history keeps what stood before.

And no notice is of a dissolution: none ever was.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from organising.platform.columns import one_of

revision = "0020_request_undo"
down_revision = "0019_mailing_schedule"

DEEDS = ("sent", "moved", "chased")
NOTICES = ("allocated", "released", "join_asked", "join_answered", "handed_over", "dispute")


def upgrade() -> None:
    op.add_column("request_event", sa.Column("before", JSONB))
    _allow("request_event", "deed", (*DEEDS, "undone"))
    _allow("notice", "kind", NOTICES)


def downgrade() -> None:
    # What was put back stays put back; the older product has no word for the line that says so.
    op.execute("UPDATE request_event SET deed = 'moved' WHERE deed = 'undone'")
    _allow("request_event", "deed", DEEDS)
    _allow("notice", "kind", (*NOTICES, "dissolution"))
    op.drop_column("request_event", "before")


def _allow(table: str, column: str, values: tuple[str, ...]) -> None:
    name = op.f(f"ck_{table}_{column}")
    op.drop_constraint(name, table, type_="check")
    op.create_check_constraint(name, table, str(one_of(column, values).sqltext))
