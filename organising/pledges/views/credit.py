"""By which link a signer comes: the unit and the source that the address names, if they can have been made here."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import request

from ..origins import find_source
from ..services.signing import Signature


def credited(signature: Signature, channel: str | None = None) -> Signature:
    """The signature with what this request's address says of its way here."""
    return replace(
        signature,
        channel=channel or signature.channel,
        unit_id=_unit(),
        source=find_source(request.args.get("source")),
    )


def credit() -> dict[str, Any]:
    """The same as parameters, to be carried from page to page."""
    unit, source = _unit(), find_source(request.args.get("source"))
    return {
        name: value for name, value in (("unit", unit.hex if unit else None), ("source", source)) if value
    }


def _unit() -> UUID | None:
    try:
        return UUID(request.args.get("unit", ""))
    except ValueError:
        return None
