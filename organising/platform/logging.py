"""Structured logs: one JSON line an event, without personal data. No query strings, no form values, no addresses."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# Fields that could name a person are dropped wherever they come from.
PRIVATE = frozenset(
    {"email", "name", "phone", "address", "postcode", "note", "body", "subject", "recipient", "to"}
)


def configure_logging(level: str) -> None:
    """Send structured lines to standard error; the standard library's loggers go the same way."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_persons,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=level.upper(), stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    # It tells of each plugin at every start, and would push what matters out of a log's last lines.
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _without_persons(logger: Any, method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key not in PRIVATE}


def get_logger(name: str) -> Any:
    """A structured logger bound to the module's name."""
    # Lazy: bound at import, it would keep structlog's defaults, which print the values of local variables.
    return structlog.get_logger(module=name)
