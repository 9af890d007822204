"""The demo's representatives: an invented parliament, so that no words are put into a real member's mouth."""

from __future__ import annotations

from organising.platform.tenancy import Context, use_context
from organising.representatives.central_bodies import central_bodies
from organising.representatives.invented import invent_parliament
from organising.representatives.invented_postcodes import invent_postcodes
from organising.representatives.services import (
    ImportResult,
    import_postcodes,
    import_register,
    import_representatives,
)


def seed_invented_parliament() -> ImportResult:
    """Load the invented parliament in a session of its own, and commit. Doing it twice changes nothing.

    Runs within an application context.
    """
    with use_context(Context(purpose="import")) as session:
        result = import_representatives(None, invent_parliament())
        import_postcodes([invent_postcodes()])
        import_register(None, central_bodies())
        session.commit()
    return result
