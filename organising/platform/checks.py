"""Check constraints that several tables need."""

from enum import StrEnum

from sqlalchemy import CheckConstraint


def one_of(column: str, kinds: type[StrEnum]) -> CheckConstraint:
    """The column holds one of the enum's values, or nothing where it may be empty."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
