"""Signatures are counted by unit too: published to partners in full tens, as every table is, and not to the public."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op

from organising.platform.schema import define

revision = "0050_units_counted"
down_revision = "0047_invalidations"

STAFF = "organising_runtime"
COUNTING = ("cast_ballot", "standing", "witnessed", "roll_up", "recounted", "check_tally")
COUNTING_TOO = ("drives_to_count", "drives_counted", "forget_drive")
PUBLISHING = ("tens", "publish", "publish_past", "publish_at", "drives_to_publish")
KNOWN = "FROM pledge p WHERE p.organisation_id = {row}.organisation_id AND p.id = {row}.pledge_id AND p.unit_id IS NOT NULL"


def upgrade() -> None:
    for table in ("ballot", "counted"):
        unit = sa.Column("unit", sa.Text, nullable=False, server_default="unallocated")
        op.add_column(table, unit, schema="counting")
        op.execute(f"UPDATE counting.{table} r SET unit = p.unit_id::text {KNOWN.format(row='r')}")
        op.alter_column(table, "unit", server_default=None, schema="counting")
    op.execute(
        "INSERT INTO counting.tally (drive_id, kind, organisation_id, dimension, cell, n) "
        "SELECT drive_id, kind, organisation_id, 'unit', unit, count(*) FROM counting.counted GROUP BY 1, 2, 3, 5"
    )
    counting, publishing = _earlier("0038_tallies.py"), _earlier("0039_published.py")
    _count_units(counting)
    publishing.COUNTED_BY += ", 'unit'"
    publishing.PARTNERS_ONLY += ", 'unit'"
    _define_again(counting, publishing)
    # A partner cannot read another's units. Whose cell is shown, its name is shown with it.
    define(
        op,
        "app.units_shown(d uuid)",
        "TABLE (id uuid, organisation_id uuid, name text)",
        "SELECT u.id, u.organisation_id, u.name FROM unit u WHERE u.id::text IN (SELECT p.cell FROM tally_published p "
        "WHERE p.drive_id = d AND p.audience = 'coalition' AND p.dimension = 'unit' "
        "AND p.campaign_id = ANY (app.campaigns()))",
        grant=STAFF,
    )


def _count_units(counting: Any) -> None:
    """What the migration that first counted by place and channel wrote, with one more fact of each signature."""
    cells = counting.CELLS.replace("('channel', r.channel)", "('channel', r.channel), ('unit', r.unit)")
    counting.TO_TALLY = counting.TO_TALLY.replace(counting.CELLS, cells)
    counting.CELLS = cells
    counting.ROW = counting.ROW.replace("channel text", "channel text, unit text")
    counting.FACTS += ("unit",)
    counting.LISTED += ", unit"
    counting.CHANGED += ("unit_id",)
    counting.SAID += ", coalesce({r}.unit_id::text, 'unallocated')"


def _define_again(counting: Any, publishing: Any) -> None:
    for verb in ("insert", "update", "delete"):
        op.execute(f"DROP TRIGGER ballot_{verb} ON pledge")
    for name in (*COUNTING, *COUNTING_TOO, *PUBLISHING):
        op.execute(f"DROP FUNCTION app.{name}")
    for module, steps in (
        (counting, ("_ballots", "_counting", "_verifying")),
        (publishing, ("_tables", "_publish")),
    ):
        for step in steps:
            getattr(module, step)()


def downgrade() -> None:
    op.execute("DROP FUNCTION app.units_shown")
    for table in ("tally", "shown"):
        op.execute(f"DELETE FROM counting.{table} WHERE dimension = 'unit'")
    op.execute("DELETE FROM tally_published WHERE dimension = 'unit'")
    _define_again(_earlier("0038_tallies.py"), _earlier("0039_published.py"))
    for table in ("ballot", "counted"):
        op.drop_column(table, "unit", schema="counting")


def _earlier(name: str) -> Any:
    """An earlier migration, for the functions that it defines."""
    spec = spec_from_file_location(name.partition(".")[0], Path(__file__).with_name(name))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
