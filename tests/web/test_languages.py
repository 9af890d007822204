"""The public's pages speak the reader's language: chosen in the address, carried along it, and kept nowhere else."""

import re
from pathlib import Path

import pytest

from organising.platform.languages import LANGUAGES
from tests.support.pledges import PAGE, Public, open_a_drive

WELSH = {"Accept-Language": "cy,en;q=0.5"}
LANG = re.compile(r'<html lang="([\w-]+)"')
KEPT = "SELECT count(*) FROM {} WHERE confirmation_language IS NOT NULL"


def lang_of(answer):
    return LANG.search(answer.text)[1]


@pytest.fixture
def drive(world):
    return open_a_drive(world)


@pytest.fixture
def public(client, smtp_sink, run_jobs):
    return Public(client, smtp_sink, run_jobs)


def test_the_address_then_the_browser_then_english_decide(client, drive):
    plain, welsh = client.get(PAGE), client.get(PAGE, headers=WELSH)
    chosen = client.get(f"{PAGE}?lang=es", headers=WELSH)
    assert (lang_of(plain), lang_of(welsh), lang_of(chosen)) == ("en-GB", "cy", "es")
    assert lang_of(client.get(PAGE, headers={"Accept-Language": "pt-BR"})) == "pt"
    assert lang_of(client.get(f"{PAGE}?lang=xx", headers={"Accept-Language": "de"})) == "en-GB"
    assert "Accept-Language" in welsh.headers["Vary"]
    assert "Accept-Language" not in chosen.headers.get("Vary", "")
    assert chosen.headers["Content-Language"] == "es"
    # Nothing is stored: only the session's cookie, which carries the token against forged forms, may be set.
    assert all(c.startswith("organising=") for c in chosen.headers.getlist("Set-Cookie"))


def test_every_language_is_named_in_itself_and_leads_to_the_same_page(client, drive):
    page = client.get(f"{PAGE}?via=praxis&lang=pt").text
    for code, name in LANGUAGES.items():
        current = ' aria-current="true"' if code == "pt" else ""
        link = f'<a href="?via=praxis&amp;lang={code}" lang="{code}" hreflang="{code}"{current}>{name}</a>'
        assert link in page


def test_a_choice_is_carried_by_every_link_and_a_mistake_keeps_it(client, drive, public):
    page = client.get(f"{PAGE}?lang=cy").text
    assert f'action="{PAGE}?lang=cy"' in page
    assert 'href="/campaign?lang=cy"' in page
    assert 'href="/sign-in"' in page, "staff's pages have one language"
    wrong = public.fill(f"{PAGE}?lang=cy", email="esi at nowhere", name="Esi Storyborn")
    assert (wrong.status_code, lang_of(wrong)) == (422, "cy")
    assert 'value="Esi Storyborn"' in wrong.text
    assert 'value="esi at nowhere"' in wrong.text
    assert public.fill(f"{PAGE}?lang=cy").location.endswith("/check-your-email?lang=cy")


def test_staffs_pages_stay_english(world, client):
    assert lang_of(client.get("/sign-in?lang=cy", headers=WELSH)) == "en-GB"
    assert lang_of(client.get("/help", headers=WELSH)) == "cy"
    assert lang_of(client.get("/nowhere", headers=WELSH)) == "cy"
    member = world.browser(world.user("praxis", "organiser"))
    for path in ("/", "/help?lang=cy", "/who-can-see-what", "/pledges", "/nowhere"):
        answer = member.get(path, headers=WELSH)
        assert lang_of(answer) == "en-GB", path
        assert "hreflang" not in answer.text


def test_the_mail_follows_in_the_language_of_the_page_which_is_then_forgotten(drive, public, owner):
    public.fill(f"{PAGE}?lang=es")
    assert owner.rows(KEPT.format("pledge")) == [(1,)]
    public.run_jobs()
    assert public.link().endswith("?lang=es")
    assert lang_of(public.client.get(public.link())) == "es"
    assert owner.rows(KEPT.format("pledge")) == [(0,)]
    assert public.sign(f"{PAGE}?lang=en", email="ama@example.org").count("lang=") == 0


def test_a_signature_that_ends_before_its_mail_takes_its_language_along(drive, public, owner):
    public.fill(f"{PAGE}?lang=cy")
    owner.rows("UPDATE pledge SET state = 'erased', ended_at = now()")
    assert owner.rows(KEPT.format("pledge")) == [(0,)]


def test_no_tally_export_or_list_knows_a_language(owner):
    columns = owner.rows(
        "SELECT table_name, column_name FROM information_schema.columns WHERE column_name ~ 'language' "
        "AND (table_schema = 'counting' OR table_name IN ('pledge', 'pledge_consent', 'tally_published', 'letter'))"
    )
    assert set(columns) == {
        ("pledge", "confirmation_language"),
        ("letter", "confirmation_language"),
        # Beside a sealed address, for the one mail that answers a request; the row goes with it.
        ("stop_request", "language"),
    }
    functions = owner.rows("SELECT proname FROM pg_proc WHERE strpos(prosrc, 'confirmation_language') > 0")
    assert functions == [("forget_language",)]
    sources = [*Path("organising").rglob("*.py"), *Path("templates").rglob("*.html")]
    naming = {str(path) for path in sources if "confirmation_language" in path.read_text(encoding="utf-8")}
    assert naming == {
        "organising/platform/confirmation.py",
        "organising/letters/models.py",
        "organising/pledges/models/signatures.py",
        "organising/pledges/services/confirmations.py",
        "organising/pledges/services/signing.py",
        "organising/letters/services/confirmations.py",
        "organising/letters/services/writing.py",
        # The one mail that confirms a sign-up; every later one is in English, with links to the others.
        "organising/attendance/models/sign_ups.py",
        "organising/attendance/services/places.py",
        "organising/attendance/services/mails.py",
        "organising/attendance/services/composing.py",
        # A column of the mixin that stays empty: a call goes to the organisation's own officers, in English.
        "organising/calls/models/mails.py",
        # A question about consent and a request for one's data: in which language to ask, until it is answered.
        "organising/outreach/models.py",
        "organising/outreach/services/asking.py",
        "organising/outreach/services/mails.py",
        "organising/rights/models.py",
        "organising/rights/services/requests.py",
    }
