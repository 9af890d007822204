"""The letter and its hash: escaped, whole, and different whenever anything that is approved differs."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organising.mailings.content import AudienceHash, Entry, Texts, as_html, hash_content, in_one_line
from organising.mailings.models import Mailing
from organising.mailings.services.review import build
from organising.platform.errors import Invalid

SENDER = "NEU campaigns <hello@organising.example>"


def entry(**changes: object) -> Entry:
    made = Entry(
        uuid4(), UUID(int=1), uuid4(), "Ada Reed", "ada@p.example", None, "", {"salutation": "Ms Reed"}, None
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def mailing(**changes: object) -> Mailing:
    given = {
        "id": UUID(int=7),
        "subject": "Hello",
        "body": "Dear {{ salutation }}",
        "sender": SENDER,
        "reply_to": "r@neu.example",
        "common": {"ask": "One"},
    }
    return Mailing(**(given | changes))


def hashed(one: Mailing, entries: list[Entry]) -> str:
    return hash_content(one, AudienceHash.of(entries))


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "x"},
        {"body": "x"},
        {"sender": "x"},
        {"reply_to": "x"},
        {"common": {"ask": "Two"}},
        {"asked_names": [["1", "One"]]},
        {"per_hour": 7},
        {"weekdays_only": True},
        {"send_at": datetime(2026, 12, 1, tzinfo=UTC)},
        {"id": UUID(int=8)},
    ],
)
def test_each_hashed_field_of_the_mailing_changes_the_hash(changes: dict[str, object]) -> None:
    assert hashed(mailing(**changes), [entry()]) != hashed(mailing(), [entry()])


@pytest.mark.parametrize(
    "changes",
    [
        {"address": "x@p.example"},
        {"fields": {"salutation": "Mr Reed"}},
        {"holding_id": UUID(int=2)},
        {"left_out": "bounced"},
    ],
)
def test_each_hashed_field_of_a_recipient_changes_the_hash(changes: dict[str, object]) -> None:
    assert hashed(mailing(), [entry(**changes)]) != hashed(mailing(), [entry()])


def test_the_hash_knows_no_order_and_no_one_left_out() -> None:
    one, two = entry(), entry(holding_id=UUID(int=2), address="b@p.example")
    out = entry(holding_id=UUID(int=3), left_out="no_email")
    assert hashed(mailing(), [one, two]) == hashed(mailing(), [two, out, one])


def test_html_holds_paragraphs_lines_and_links_and_nothing_else() -> None:
    html = as_html("One\ntwo\n\n<img src=x onerror=alert(1)> & https://a.example/?a=1&b=2.")
    assert "<p>One<br>\ntwo</p>" in html
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; " in html
    assert '<a href="https://a.example/?a=1&amp;b=2">https://a.example/?a=1&amp;b=2</a>.' in html


@given(st.text())
def test_no_text_makes_an_active_node(text: str) -> None:
    body = as_html(text).split("<body>", 1)[1]
    assert set(re.findall(r"<\s*(/?\w+)", body)) <= {"p", "/p", "br", "a", "/a", "/body", "/html"}
    assert all(re.match(r"https?://", href) for href in re.findall(r'href="([^"]*)"', body))


INJECTIONS = [
    "Hi\r\nBcc: x@evil.example",
    "Hi\nBcc: x@evil.example",
    "=?utf-8?q?hi=0ABcc:_x@evil.example?=",
    "=?utf-8?b?aGkKQmNjOiB4QGV2aWwuZXhhbXBsZQ==?=",
    "Hi\x00there",
    "Hi\u2028Bcc: x@evil.example",
    "Hi\x85Bcc: x@evil.example",
]


@pytest.mark.parametrize("text", INJECTIONS)
@pytest.mark.parametrize("place", ["subject", "salutation", "name", "reply_to"])
def test_no_header_comes_from_a_text_or_a_value(text: str, place: str) -> None:
    letter = mailing(subject=text if place == "subject" else "To {{ salutation }}")
    if place == "reply_to":
        letter.reply_to = f"{text} <r@neu.example>"
    person = entry(fields={"salutation": text if place == "salutation" else "Ms Reed"})
    person = replace(person, name=text) if place == "name" else person
    try:
        content = build(letter, Texts.of(letter), person, "<1@organising.example>", SENDER)
    except Invalid:
        return
    parsed = message_from_bytes(content, policy=policy.default)
    assert sorted(name.lower() for name in parsed) == sorted(
        ["from", "to", "subject", "date", "reply-to", "message-id", "mime-version", "content-type"]
    )
    assert "evil.example" not in [address.addr_spec for address in parsed["To"].addresses]
    assert parsed["Bcc"] is None


def test_one_line() -> None:
    assert in_one_line(" a\n\tb\x00c\u2028d ") == "a b c d"
