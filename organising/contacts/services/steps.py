"""The next step of an import, whatever state it is in: for the job, and for the command."""

from ...platform.actor import Actor
from ..models import ContactImport, ImportState
from .checking import Looking, read_step
from .undoing import undo_step
from .writing import write_step


def do_step(actor: Actor, kept: ContactImport, looking: Looking) -> bool:
    """Read, look at, write or undo the next rows of an import that was taken; answers whether there is more to do."""
    if kept.state == ImportState.READING:
        return read_step(kept)
    if kept.state == ImportState.CHECKING:
        return looking.step(actor, kept)
    return write_step(actor, kept) if kept.state == ImportState.APPLYING else undo_step(actor, kept)
