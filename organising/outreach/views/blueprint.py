"""The blueprint that the pages of this domain share."""

from flask import Blueprint, Response, make_response

blueprint = Blueprint("outreach", __name__)


def unkept(rendered: str, status: int = 200) -> Response:
    """A page whose address is the key: no cache keeps it, no other site is told of it."""
    response = make_response(rendered, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
