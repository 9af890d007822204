"""What the pages of this domain have in common."""

from typing import cast

from flask import Response, redirect, render_template, url_for

from ...platform.access import current_actor
from ...platform.errors import DomainError

Answer = Response | str | tuple[str, int]


def page(name: str, **values: object) -> str:
    """Render one of this domain's pages for the present actor."""
    return render_template(f"organisations/{name}.html", actor=current_actor(), **values)


def to(endpoint: str, **values: object) -> Response:
    """The answer to a POST: look there."""
    return cast(Response, redirect(url_for(f"organisations.{endpoint}", **values), 303))  # type: ignore[arg-type]


def told(form: object, error: DomainError, field: str | None = None) -> None:
    """Show a service's refusal in the form, at ``field`` or above."""
    target = getattr(form, field) if field else None
    if target is not None:
        target.errors = [*target.errors, error.message]
    else:
        form.form_errors.append(error.message)  # type: ignore[attr-defined]
