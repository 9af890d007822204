"""Addresses of the product's own pages, for mail and print, and the pages whose address is a key."""

from flask import Response, current_app, make_response


def address_of_page(endpoint: str, **values: str | None) -> str:
    """A whole address at the public address of the settings, with or without a request: a job has none to take it from."""
    path = current_app.url_map.bind("").build(endpoint, values, force_external=False)
    return f"{current_app.config['SETTINGS'].public_url}{path}"


def unkept(body: str | bytes, status: int = 200) -> Response:
    """A page whose address is the key: no cache keeps it, no other site is told of it."""
    response = make_response(body, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
