"""What time does with files."""

import time
from functools import partial

from sqlalchemy import text

from ..platform.clock import now
from ..platform.db import db
from ..platform.logging import get_logger
from ..platform.queue import each_organisation, periodic
from ..platform.retention import carry_out
from ..platform.tenancy import Context, use_context
from .services import carrying, removing

log = get_logger(__name__)
CARRY_SECONDS = 10.0


@periodic(300)
def carry_contents() -> None:
    """Carry over to the storage what rows still hold themselves, for some seconds, so that nobody's mail waits for it."""
    ends = time.monotonic() + CARRY_SECONDS
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)):
            for one in carrying.CARRIED.values():
                while carrying.carry_over(one):
                    if time.monotonic() > ends:
                        return


@periodic(3600)
def sweep_files() -> None:
    """Let go what is due, then clear the storage of what nobody can open any more: of partners that left, too."""
    at = now()
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)):
            for rule, act in removing.RETENTION.items():
                carry_out(rule, partial(act, at))
            db.session.commit()
    with use_context(Context()) as session:
        everybody = list(session.scalars(text("SELECT id FROM organisation ORDER BY id")))
    for organisation_id in everybody:
        with use_context(Context(organisation_id=organisation_id)):
            try:
                removing.sweep_contents(organisation_id)
            except OSError as error:
                log.warning("storage_down", reason=str(error)[:200])
                return
