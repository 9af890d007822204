"""Addresses of the product's own pages, for mail and print."""

from flask import current_app


def address_of_page(endpoint: str, **values: str | None) -> str:
    """A whole address at the public address of the settings, with or without a request: a job has none to take it from."""
    path = current_app.url_map.bind("").build(endpoint, values, force_external=False)
    return f"{current_app.config['SETTINGS'].public_url}{path}"
