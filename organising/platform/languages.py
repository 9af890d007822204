"""The languages of the public's pages: chosen in the address, else taken from the browser, and kept nowhere on the device.

A page's language follows from for whom it is written (``Readers`` in access.py): staff's pages are in English. What
mail says in follows from the row that asked for it; see ``docs/adr`` on why nothing else keeps a language.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, current_app, has_request_context, request
from flask_babel import Babel, force_locale, get_locale

from .access import Access, Readers, access_of, find_actor

__all__ = ["LANGUAGES", "current_language", "in_language", "init_languages", "kept_language"]

ENGLISH = "en"
# Each in its own words: who needs another language may not know the name of it in English.
LANGUAGES = {ENGLISH: "English", "cy": "Cymraeg", "es": "Español", "pt": "Português"}
OTHERS = tuple(code for code in LANGUAGES if code != ENGLISH)
PARAMETER = "lang"


@dataclass(frozen=True)
class Choice:
    """One language in the switcher, and this page's address in it."""

    code: str
    name: str
    address: str
    is_current: bool


def init_languages(app: Flask) -> None:
    """Choose each request's language, carry a choice from link to link, and say in headers what was chosen."""
    Babel(app, default_locale=ENGLISH, default_timezone="Europe/London", locale_selector=_language_of_request)
    app.url_defaults(_carry_choice)
    app.after_request(_say_language)
    app.jinja_env.globals.update(
        current_language=current_language, html_language=html_language, language_choices=language_choices
    )


def current_language() -> str:
    """The code of the language that words are put in now; one of :data:`LANGUAGES`."""
    locale = get_locale()
    return locale.language if locale is not None and locale.language in LANGUAGES else ENGLISH


def kept_language() -> str | None:
    """What to keep with a row whose mail follows: the current language, or ``None`` for English."""
    language = current_language()
    return language if language in OTHERS else None


@contextmanager
def in_language(language: str | None) -> Iterator[None]:
    """Put words in this language (``None``: English) within the block: for mail, which knows no request."""
    with force_locale(language if language in LANGUAGES else ENGLISH):
        yield


def html_language() -> str:
    """The page's language as ``<html lang>`` names it."""
    language = current_language()
    return "en-GB" if language == ENGLISH else language


def language_choices() -> list[Choice]:
    """The switcher's entries, each leading to this same page; none on a page that is in English for all."""
    if not has_request_context() or not _is_translated(request.endpoint):
        return []
    rule = request.url_rule
    if rule is None or "GET" not in (rule.methods or ()):
        return []
    kept = [pair for pair in request.args.items(multi=True) if pair[0] != PARAMETER]
    current = current_language()
    return [
        Choice(code, name, f"?{urlencode([*kept, (PARAMETER, code)])}", code == current)
        for code, name in LANGUAGES.items()
    ]


def _language_of_request() -> str:
    if not has_request_context() or not _is_translated(request.endpoint):
        return ENGLISH
    return _chosen() or request.accept_languages.best_match(list(LANGUAGES)) or ENGLISH


def _chosen() -> str | None:
    """The language that this request's address names."""
    given = request.args.get(PARAMETER)
    return given if given in LANGUAGES else None


def _is_translated(endpoint: str | None) -> bool:
    if endpoint is None:
        # No page has this address, so none says for whom it is.
        return find_actor() is None
    readers = _readers(endpoint)
    return readers is Readers.PUBLIC or (readers is Readers.BOTH and find_actor() is None)


def _readers(endpoint: str) -> Readers:
    access = access_of(current_app, endpoint)
    return access.readers if isinstance(access, Access) else Readers.STAFF


def _carry_choice(endpoint: str, values: dict[str, Any]) -> None:
    if not has_request_context() or not _is_translated(request.endpoint) or not _is_translated(endpoint):
        return
    chosen = _chosen()
    if chosen is not None:
        values.setdefault(PARAMETER, chosen)


def _say_language(response: Response) -> Response:
    if _is_translated(request.endpoint):
        response.headers.setdefault("Content-Language", html_language())
        if _chosen() is None:
            response.vary.add("Accept-Language")
    return response
