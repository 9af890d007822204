"""Two editors of one record: the second is shown what differs, and loses nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from .errors import Conflict

# What a field holds: text, a day, or parts of the domain's own that can be compared.
Value = Any


@dataclass(frozen=True)
class Difference:
    """One field on which the kept record and the words sent differ."""

    field: str
    kept: Value
    sent: Value


class EditConflict(Conflict):
    """Someone changed the record since the form was opened; sent with ``version``, one's own goes over it."""

    code = "edit_conflict"

    def __init__(self, version: int, differences: Sequence[Difference], message: str = "") -> None:
        super().__init__(message or _("Someone else changed this contact while you were writing."))
        self.version = version
        self.differences = differences


def list_differences(
    fields: Iterable[str], kept: Mapping[str, Value], sent: Mapping[str, Value]
) -> list[Difference]:
    """Of these fields, in their order, those on which the kept values and the sent ones differ."""
    return [Difference(name, kept[name], sent[name]) for name in fields if kept[name] != sent[name]]


def check_version(kept: int, sent: int, differences: Sequence[Difference], message: str = "") -> None:
    """Raise EditConflict where something would be written over that its writer has not seen."""
    if kept != sent and differences:
        raise EditConflict(kept, differences, message)
