"""Every page that the public sees, in each language: walked from outside, without a word of English of our own."""

import re
from gettext import NullTranslations
from html import unescape

import flask_babel
import pytest

from organising.platform import catalogs
from organising.platform.access import Readers, access_of
from organising.platform.languages import OTHERS
from organising.pledges.demo import DRIVE
from tests.support import letters
from tests.support.letters import Constituent
from tests.support.pledges import PAGE, Public, count, open_a_drive

TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.DOTALL)
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%")
LEAST = 24


@pytest.fixture(scope="module")
def english():
    """The longest stretches of our sentences that stand between placeholders: enough to know each by."""
    catalogs.compile_catalogues()
    texts = [
        text for m in catalogs.public_words() if m.id for text in ([m.id] if isinstance(m.id, str) else m.id)
    ]
    stretches = {max(PLACEHOLDER.split(text.replace("\n", " ")), key=len).strip() for text in texts}
    return {text for text in stretches if len(text) >= LEAST and " " in text}


@pytest.fixture
def unknown(monkeypatch):
    """Words that a page asked its catalogue for in vain."""
    asked: set[str] = set()

    class Noting(NullTranslations):
        def gettext(self, message):
            # WTForms asks for the names of fields that have no label too.
            asked.update({message} if not message.istitle() else ())
            return message

        def ngettext(self, one, many, n):
            asked.add(one)
            return one if n == 1 else many

    plain = flask_babel.Domain.get_translations

    def noting(self):
        found = plain(self)
        # What is kept in English, whatever the page is in, asks for English.
        if flask_babel.get_locale().language == "en":
            return found
        if isinstance(found, flask_babel.Translations) and getattr(found, "_fallback", None) is None:
            found.add_fallback(Noting())
        return found

    monkeypatch.setattr(flask_babel.Domain, "get_translations", noting)
    return asked


def words_of(page):
    return " ".join(unescape(TAGS.sub(" ", page)).split())


@pytest.fixture
def places(world, app, client, smtp_sink, run_jobs):
    """Every kind of public page as somebody meets it: how to get each, given a language."""
    drive_id = open_a_drive(world)
    letters.seat_a_member(app)
    letters.open_a_page(world)
    signer, writer = Public(client, smtp_sink, run_jobs), Constituent(client, smtp_sink, run_jobs)
    confirmed = signer.sign_and_confirm(f"{PAGE}/praxis", lead_updates="y")
    withdrawn = signer.sign_and_confirm(PAGE, email="ama@example.org")
    client.post(f"{withdrawn}/withdrawal")
    pending = signer.sign(PAGE, email="kofi@example.org")
    written, sent = writer.write(), writer.write(email="ama@example.org")
    writer.confirm(sent)
    run_jobs()
    count(app, drive_id)
    reads = [
        "/campaign", "/advice", "/help", "/who-can-see-what", "/nowhere", "/signature/forged",
        PAGE, f"{PAGE}/praxis", f"{PAGE}/check-your-email", pending, confirmed, withdrawn,
        letters.PAGE, f"{letters.PAGE}/check-your-email", written, sent,
    ]  # fmt: skip
    return signer, writer, [*reads, *sorted(set(of_the_drive(app)) - set(reads))]


def of_the_drive(app):
    """The addresses of all public pages that need nothing but the drive's."""
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint)
        if access.readers is not Readers.STAFF and "GET" in rule.methods and rule.arguments <= {"slug"}:
            yield rule.build({"slug": DRIVE.slug} if rule.arguments else {})[1]


def walk(places, language):
    signer, writer, reads = places
    for path in reads:
        yield path, signer.client.get(f"{path}?lang={language}")
    query = f"?lang={language}"
    yield "mistakes", signer.fill(PAGE + query, name="", email="esi", postcode="x" * 20)
    yield "too quick", signer.fill(PAGE + query, seconds=0)
    yield "open for long", signer.fill(PAGE + query, seconds=90_000)
    yield (
        "no sector",
        signer.client.post(f"{reads[10]}/sector{query}", data={"sector": "moon"}, follow_redirects=True),
    )
    yield (
        "a sector",
        signer.client.post(f"{reads[10]}/sector{query}", data={"sector": "health"}, follow_redirects=True),
    )
    for step, given in (
        ("find", {"postcode": "BT1 1AA"}), ("find", {}), ("read", {"body": "Short", "street": ""}),
        ("read", {}), ("read", {"body": f"{letters.BODY} Her visa was refused."}),
    ):  # fmt: skip
        yield step, writer.post(step, letters.PAGE + query, **given)


def test_no_page_and_no_mail_says_a_sentence_in_english(places, english, unknown, smtp_sink, run_jobs, owner):
    signer, writer, _ = places
    for language in OTHERS:
        for place, answer in walk(places, language):
            if answer.mimetype != "text/html" or answer.status_code in (302, 303):
                continue
            assert f'<html lang="{language}"' in answer.text, (language, place)
            said = words_of(answer.text)
            assert [text for text in english if text in said] == [], (language, place)
            assert unknown == set(), (language, place)
        # So many mails a day are sent to one writer.
        owner.rows("UPDATE letter SET confirmation_sent_at = confirmation_sent_at - interval '2 days'")
        before = len(smtp_sink.messages)
        signer.fill(f"{PAGE}?lang={language}", email="esi@example.org")
        signer.fill(f"{PAGE}?lang={language}", email=f"yaa.{language}@example.org")
        writer.post(path=f"{letters.PAGE}?lang={language}", email=f"yaa.{language}@example.org")
        writer.post(path=f"{letters.PAGE}?lang={language}", email="ama@example.org")
        run_jobs()
        mails = smtp_sink.messages[before:]
        assert len(mails) == 4
        for mail in mails:
            said = " ".join(f"{mail['Subject']} {mail.get_content()}".split())
            assert [text for text in english if text in said] == []
            assert f"?lang={language}" in said
