"""Requests that another site sends in somebody's name.

Pages of those who sign in keep a token in the session's cookie. Pages for everybody use no cookie and no sign-in:
whoever may fill them in may do so from anywhere, and a phone that keeps no cookies, or a page that lay open overnight,
loses nothing. They only ask where the request comes from, so that no other site has its visitors sign.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, request
from flask_wtf.csrf import CSRFProtect

View = TypeVar("View", bound=Callable[..., Any])


def tokenless(view: View) -> View:
    """The view acts on what is sent to it alone: no cookie gives it a right, so it needs no token in one."""
    view.__tokenless__ = True  # type: ignore[attr-defined]
    return view


def asks_token() -> bool:
    """Whether the view that answers now asks its forms for a token: every form in it goes by this, so none can forget."""
    view = current_app.view_functions.get(request.endpoint or "")
    return not getattr(view, "__tokenless__", False)


def comes_from_elsewhere() -> bool:
    """Whether a browser says that another site's page sent this. Programs say nothing, and are no browser's visitor."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return True
    origin = request.headers.get("Origin")
    # "null" is what a page says that must not tell where it is (Referrer-Policy: no-referrer), ours among them.
    return bool(origin) and origin != "null" and urlsplit(origin or "").netloc != request.host


def init_forgery(app: Flask) -> CSRFProtect:
    """Ask for the token everywhere; :func:`release_tokenless` lets go those that say they need none."""
    return CSRFProtect(app)


def release_tokenless(app: Flask, protection: CSRFProtect) -> None:
    """Ask no token of views marked :func:`tokenless`; call it when all are registered."""
    for view in app.view_functions.values():
        if getattr(view, "__tokenless__", False):
            protection.exempt(view)
