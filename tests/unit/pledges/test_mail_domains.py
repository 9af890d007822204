"""Whose a mail domain is, and which addresses do not last: told by the domain, whatever its case, script or depth."""

import pytest
from disposable_email_domains import blocklist

from organising.pledges.mail_domains import domain_of, is_large, is_thrown_away, owner_of

LISTED = "xn--5nx.cc"


@pytest.mark.parametrize(
    ("email", "owner"),
    [
        ("a@example.org", "example.org"),
        ("a@desk.Mill.example.ORG.", "example.org"),
        ("a@mill.co.uk", "mill.co.uk"),
        ("a@desk.mill.co.uk", "mill.co.uk"),
        ("a@north.camden.sch.uk", "north.camden.sch.uk"),
        ("a@mail.north.camden.sch.uk", "north.camden.sch.uk"),
        ("a@localhost", "localhost"),
        ("a@müller.example", "xn--mller-kva.example"),
    ],
)
def test_who_owns_a_domain_makes_others_below_it(email, owner):
    assert owner_of(email) == owner


def test_addresses_that_do_not_last_are_known_in_any_spelling():
    assert len(blocklist) > 3_000
    for email in ("a@mailinator.com", "A@MAILINATOR.COM", "a@team.mailinator.com", "a+b@yopmail.com"):
        assert is_thrown_away(email), email
    for email in (
        "a@gmail.com", "a@nhs.net", "a@example.org", "a@mailinator.example", "a@mailinator.com.example.org", "a@com",
        "a@proton.me", "a@duck.com", "a@simplelogin.com", "a@privaterelay.appleid.com", "a@mozmail.com",
    ):  # fmt: skip
        assert not is_thrown_away(email), email
    in_script = LISTED.encode().decode("idna")
    assert LISTED in blocklist
    assert in_script != LISTED
    assert is_thrown_away(f"a@{in_script}")


def test_large_providers_and_the_list_have_nothing_in_common():
    assert is_large(domain_of("a@GMAIL.com"))
    assert not {one for one in blocklist if is_large(one)}
