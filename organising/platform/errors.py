"""Errors with a code. Services raise them; one handler for pages and one for JSON translate them."""

from typing import Any, ClassVar


class DomainError(Exception):
    """What a person may be told. ``code`` is stable for programs, ``message`` is plain English."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400

    def __init__(self, message: str = "", **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class NotFound(DomainError):
    """No such row, or another organisation's: the two answer with the same bytes, so no message is taken."""

    code = "not_found"
    status = 404

    def __init__(self) -> None:
        super().__init__("")


class Forbidden(DomainError):
    code = "forbidden"
    status = 403


class Conflict(DomainError):
    code = "conflict"
    status = 409


class Invalid(DomainError):
    """Input that a form should have caught, or a rule refused. ``details`` may map field to reason."""

    code = "invalid"
    status = 422


class FirewallBreach(Exception):
    """Code tried to cross from one organisation to another. A defect, never an answer: the transaction dies."""
