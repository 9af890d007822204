"""An organiser whose reach is a part of the tree sees who comes to that part's actions, and to no other."""

from alembic import op

from organising.platform.schema import restrict

revision = "0076b_reach"
down_revision = "0072c_named_roles"

ANYBODY = "(SELECT app.usr()) IS NULL OR (SELECT app.own_role()) IN ('coordinator', 'deputy', 'admin'"
OF_UNIT = (
    "EXISTS (SELECT FROM action_detail d WHERE d.organisation_id = {table}.organisation_id "
    "AND d.action_id = {table}.action_id AND d.unit_id = {unit})"
)
OFFICER = f"(SELECT app.own_role()) = 'officer' AND {OF_UNIT.replace('{unit}', '(SELECT app.own_unit())')}"
ORGANISER = (
    "(SELECT app.own_role()) = 'organiser' AND ((SELECT app.units_in_reach()) IS NULL OR "
    f"{OF_UNIT.replace('{unit}', 'ANY ((SELECT app.units_in_reach())::uuid[])')})"
)
TABLES = ("sign_up", "meeting_slot", "lobby_briefing")


def upgrade() -> None:
    _reach(f"{ANYBODY}) OR ({OFFICER}) OR ({ORGANISER})")


def downgrade() -> None:
    _reach(f"{ANYBODY}, 'organiser') OR ({OFFICER})")


def _reach(condition: str) -> None:
    for table in TABLES:
        op.execute(f"DROP POLICY reach ON {table}")
        restrict(op, table, "reach", "ALL", condition.format(table=table))
    op.execute("DROP POLICY reach ON attendance_mail")
    # Within a policy sign_up is read under its own.
    restrict(
        op,
        "attendance_mail",
        "reach",
        "ALL",
        "(SELECT app.usr()) IS NULL OR EXISTS (SELECT FROM sign_up s "
        "WHERE s.organisation_id = attendance_mail.organisation_id AND s.id = attendance_mail.sign_up_id)",
    )
