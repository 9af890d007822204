"""One way in for the records of every reader: each kind of records has its import.

A service module names the kind that it imports with ``@imports(Kind)`` and is imported in ``services/__init__.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Protocol, TypeVar, cast

from organising.platform.actor import Actor
from organising.representatives.readers import Records
from organising.representatives.services.results import ImportResult


class Import(Protocol):
    """Bring what is on record to what the records say, in the current transaction; the caller commits.

    Raises Invalid, before anything is written, where the records can't be taken as a whole.
    """

    def __call__(
        self, actor: Actor | None, records: Records, *, as_of: date | None = None, dry_run: bool = False
    ) -> ImportResult: ...


_Service = TypeVar("_Service", bound=Callable[..., ImportResult])
_IMPORTS: dict[type, Import] = {}


def imports(kind: type) -> Callable[[_Service], _Service]:
    """Name the service that imports this kind of records."""

    def note(service: _Service) -> _Service:
        _IMPORTS[kind] = cast(Import, service)
        return service

    return note


def import_records(
    actor: Actor | None, records: Records, *, as_of: date | None = None, dry_run: bool = False
) -> ImportResult:
    """Import the records of any reader, in the current transaction; the caller commits.

    The session's context needs the purpose ``import``. ``as_of`` is the day for which the file speaks (today where not
    said). Raises Invalid where the records can't be taken as a whole.
    """
    return _IMPORTS[type(records)](actor, records, as_of=as_of, dry_run=dry_run)
