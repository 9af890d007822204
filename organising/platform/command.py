"""What every command of a domain needs: the application, and refusals in one clear line with exit code 2."""

import json
import os
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import OperationalError

from ..config import SettingsError
from .roles import RolesRefused

RUNNING = "running.json"


class Refused(click.ClickException):
    """One clear line on standard error and exit code 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(f"organising: {self.format_message()}", err=True)


def plainly(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn what a person can mend into one line and exit code 2."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except (SettingsError, RolesRefused) as error:
            raise Refused(str(error)) from None
        except OperationalError as error:
            raise Refused(f"the database can't be reached: {str(error.orig).splitlines()[0]}") from None

    return run


def application() -> Flask:
    """The application of the running command; `organising.cli` hands its factory down, since it alone knows all domains."""
    make = click.get_current_context().find_root().obj
    app = make(environment())
    assert isinstance(app, Flask)
    return app


def environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The settings: from the environment, or from the `organising up` that runs over the data directory."""
    if environ.get("DATABASE_URL"):
        return dict(environ)
    place = Path(environ.get("ORGANISING_DATA_DIR") or "var") / RUNNING
    try:
        running = json.loads(place.read_text())
    except (OSError, ValueError):
        return dict(environ)
    return {**environ, **{str(name): str(value) for name, value in running.items()}}
