"""The sweep that carries out the rules which belong to no single domain."""

from ..platform.queue import each_organisation, periodic
from .services.retention import run_own_rules


@periodic(every_seconds=3600)
def sweep_retention() -> None:
    """Let go of contacts whom nothing keeps and of those long archived, in each organisation."""
    for organisation_id in each_organisation():
        run_own_rules(organisation_id)
