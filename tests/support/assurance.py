"""What tests of the agreement, going live and leaving do again and again."""

import re

from flask.testing import FlaskClient

AGREEMENT = "/organisation/agreement"


def hidden(text: str, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', text)
    assert found, name
    return found[1]


def accept(browser: FlaskClient) -> int:
    """Accept the version that the page shows; the answer's status."""
    text = browser.get(AGREEMENT).text
    given = {name: hidden(text, name) for name in ("version", "digest")}
    return browser.post(f"{AGREEMENT}/acceptances", data=given).status_code
