"""What every answer carries: strict headers, and errors in plain words or as a problem document (RFC 9457)."""

import gzip
import json
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, g, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import NotFound as NoPage

from .db import db
from .errors import DomainError
from .logging import get_logger

log = get_logger(__name__)

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def init_web(app: Flask) -> None:
    """Install headers, error pages, and the answer to HEAD."""
    app.wsgi_app = _HeadAsGet(app.wsgi_app)  # type: ignore[method-assign]
    app.after_request(_headers)
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(Exception, _defect)


class _HeadAsGet:
    """Answers HEAD as its GET, without the body: a view that shows on GET and acts otherwise never acts on HEAD."""

    def __init__(self, inner: WSGIApplication) -> None:
        self._inner = inner

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "HEAD":
            return self._inner(environ, start_response)
        body = self._inner(environ | {"REQUEST_METHOD": "GET"}, start_response)
        if hasattr(body, "close"):
            body.close()
        return ()


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static":
        # Pages hold private rows: neither a proxy nor the back button of a shared phone keeps them.
        response.headers.setdefault("Cache-Control", "no-store" if g.get("actor") else "no-cache")
    return response


def compressed(response: Response) -> Response:
    """A page that is long and the same for all, in a third of its bytes for browsers that take it so.

    Only for what holds no secret: beside one, the length of what is compressed tells of it.
    """
    response.vary.add("Accept-Encoding")
    if request.accept_encodings.quality("gzip"):
        response.set_data(gzip.compress(response.get_data(), 6, mtime=0))
        response.content_encoding = "gzip"
    return response


def _domain_error(error: DomainError) -> Response:
    db.session.rollback()
    return answer(error.status, error.code, error.message, error.details)


def _stale_form(error: CSRFError) -> Response:
    message = _(
        "This form was open for too long, or came from another page. Go back, reload and send it again."
    )
    return answer(400, "stale_form", message)


def _http_error(error: HTTPException) -> Response:
    if isinstance(error, NoPage) or error.code == 404:
        return answer(404, "not_found", "")
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    if error.code and 300 <= error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    return answer(
        error.code or 500, (error.name or "error").lower().replace(" ", "_"), error.description or ""
    )


def _database_error(error: DBAPIError) -> Response:
    log.error("database_error", kind=type(error.orig).__name__, endpoint=request.endpoint, exc_info=error)
    db.session.rollback()
    return answer(503 if error.connection_invalidated else 500, "database", "")


def _defect(error: Exception) -> Response:
    log.error("defect", kind=type(error).__name__, endpoint=request.endpoint, exc_info=error)
    db.session.rollback()
    return answer(500, "defect", "")


KNOWN = (400, 403, 404, 409, 422, 429, 500, 503)


def answer(status: int, code: str, message: str, details: dict[str, object] | None = None) -> Response:
    """A refusal: a page, or a problem document where JSON is asked for."""
    if request.accept_mimetypes.best == "application/json" or request.path.endswith(".json"):
        problem = {"type": f"about:blank#{code}", "status": status, "code": code, "title": message or code}
        if details:
            problem["details"] = details
        return Response(json.dumps(problem, default=str), status, content_type="application/problem+json")
    # Nothing on the page may tell which id was asked for.
    g.refused = True
    template = f"errors/{status}.html" if status in KNOWN else "errors/error.html"
    return Response(
        render_template(template, message=message), status, content_type="text/html; charset=utf-8"
    )
