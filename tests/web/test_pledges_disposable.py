"""Addresses that do not last: refused in plain words, at signing and at correction, and told apart by the domain alone."""

import pytest

from tests.support.pledges import PAGE, Public, open_a_drive

THROWN_AWAY = "esi@Team.Mailinator.com"


@pytest.fixture
def public(client, smtp_sink, run_jobs, world):
    open_a_drive(world)
    return Public(client, smtp_sink, run_jobs)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Use one that you keep"),
        ("cy", "rhestr gyhoeddus"),
        ("es", "lista pública"),
        ("pt", "lista pública"),
    ],
)
@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/neu/embed"])
def test_the_page_says_why_and_what_to_use_instead(public, owner, path, language, words):
    refused = public.fill(f"{path}?lang={language}", email=THROWN_AWAY, name="Zofia Notreal")
    assert refused.status_code == 422
    assert "team.mailinator.com" in refused.text
    assert words in refused.text
    assert "Zofia Notreal" in refused.text
    assert owner.rows("SELECT count(*) FROM pledge") == [(0,)]


def test_an_address_that_does_not_last_takes_no_signature_over(public):
    link = public.sign_and_confirm()
    given = {"name": "Esi Storyborn", "postcode": "E1 4NS", "email": THROWN_AWAY}
    refused = public.client.post(f"{link}/correction", data=given)
    assert refused.status_code == 422
    assert "Use one that you keep" in refused.text
    # Who signed with one before the list knew it still gets the mail again, like everyone.
    assert public.client.post(f"{PAGE}/mail-again", data={"email": THROWN_AWAY}).status_code == 303
