"""What a signer is called by, and what a server said without the address that it said it of."""

import pytest

from organising.mailings.people import first_name
from organising.mailings.services.suppressions import without_address
from organising.mailings.stop_links import Links
from organising.platform.message import OutgoingMail, compose


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Esi Storyborn", "Esi"),
        ("Esi", "Esi"),
        ("Dr Esi Storyborn", "Esi"),
        ("E. Storyborn", None),
        ("Esi\r\nBcc: all@example.org", "Esi"),
        ("", None),
        (None, None),
    ],
)
def test_what_somebody_is_called_by(name, called):
    assert first_name(name) == called


def test_what_a_server_said_is_kept_without_the_address():
    said = "550 5.1.1 <Esi.S+x@Example.org>: no esi.s+x@example.org here, see mx.example.org"
    assert without_address(said, "esi.s+x@example.org") == (
        "550 5.1.1 <the address>: no the address here, see mx.example.org"
    )
    assert without_address("250 OK", "") == "250 OK"


def test_the_headers_that_stop_the_emails_stand_each_on_one_line():
    links = Links("https://organising.example/updates/stop/" + "a" * 120, "https://organising.example/s")
    raw = compose(
        OutgoingMail("esi@example.org", "Hello", "Text", headers=links.headers), "NEU <hello@neu.example>"
    ).decode()
    assert f"\r\nList-Unsubscribe: <{links.stop}>\r\n" in raw
    assert "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
