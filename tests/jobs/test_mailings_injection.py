"""The injection corpus: composed, and sent to a real SMTP sink. Extra headers 0, evaluated 0, active nodes 0.

``pytest tests/jobs/test_mailings_injection.py -s`` prints the figures.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from html.parser import HTMLParser
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from organising.config import SmtpServer
from organising.mailings.content import Entry, Texts, in_one_line
from organising.mailings.merge import Unparsable
from organising.mailings.models import Mailing, MailingChoice
from organising.mailings.services import audience, drafting, review
from organising.mailings.services.review import build
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.mail import SmtpConnection
from organising.platform.message import address_of, named_address
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import Area, Person
from tests.support.injections import CORPUS, EVIL
from tests.support.mail import Sink
from tests.support.mailings import Campaigners, seat_members
from tests.support.world import World

PLACES = (
    "subject",
    "body",
    "salutation",
    "full_name",
    "constituency",
    "party",
    "ask",
    "organisation",
    "sender_name",
    "reply_to",
    "name",
)
SENT = frozenset({"from", "to", "subject", "date", "reply-to", "message-id", "mime-version", "content-type"})
MAY_COME_TOO = frozenset({"content-transfer-encoding"})
TAGS = {"html", "head", "meta", "body", "p", "br", "a"}
TO, FROM, RELAY = "member@parliament.example", "campaigns@neu.example", "hello@organising.example"
BODY = "Dear {{ salutation }},\n\n{{ full_name }} of {{ constituency }}, {{ party }}.\n\n{{ ask }}\n\nYours,\n{{ organisation }}\n"
VALUES = {"salutation": "Ms Reed", "full_name": "Ada Reed", "constituency": "Seat", "party": "Orchard"}
# In the letter itself, these are fields as anybody may write them, and filled in; nowhere else.
FILLED = {
    "{{ organisation }}": "NEU",
    '{{ if party is "Orchard" }}shown{{ end }}': "",
    "{{ if promised }}shown{{ else }}hidden{{ end }}": "hidden",
    "{{ salutation }}": "Ms Reed",
    '{{ first_name|"x" }}': "x",
    '{{ salutation|"{{ organisation }}" }}': "Ms Reed",
    "{{ organisation }}" * 10_000: "NEU" * 10_000,
}
COMMON = {"ask": "Keep the promise", "organisation": "NEU"}


@dataclass
class Figures:
    """What was counted."""

    sent: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    extra_headers: list[str] = field(default_factory=list)
    evaluated: list[str] = field(default_factory=list)
    active_nodes: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def say(self, what: str) -> None:
        print(
            f"\n{what}: {len(CORPUS)} texts, {self.sent} messages sent, {self.refused.total()} refused before the wire; "
            f"extra headers {len(self.extra_headers)}, evaluated {len(self.evaluated)}, "
            f"active nodes {len(self.active_nodes)}, strange addresses {len(self.strangers)}"
        )

    def expect_none(self) -> None:
        assert self.extra_headers == []
        assert self.evaluated == []
        assert self.active_nodes == []
        assert self.strangers == []


class Nodes(HTMLParser):
    """Whatever in an HTML part is more than paragraphs, breaks and links to web addresses."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.active: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        allowed = {"html": {"lang"}, "meta": {"charset"}, "a": {"href"}}.get(tag, set())
        wrong = [name for name, _ in attrs if name not in allowed]
        wrong += [
            value or ""
            for name, value in attrs
            if name == "href" and not re.match(r"https?://[^\s\"'<>]+$", value or "")
        ]
        if tag not in TAGS or wrong:
            self.active.append(f"<{tag} {attrs}>")

    def handle_comment(self, data: str) -> None:
        self.active.append(f"<!--{data}-->")

    def unknown_decl(self, data: str) -> None:
        self.active.append(f"<![{data}")

    def handle_pi(self, data: str) -> None:
        self.active.append(f"<?{data}")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def squeezed(text: str) -> str:
    return "".join(text.replace("\x00", "").split())


def examine(figures: Figures, label: str, message: EmailMessage, literal: str | None) -> None:
    """Count what one message, as it came from the wire, holds beyond what was meant."""
    figures.sent += 1
    names = [name.lower() for name in message]
    extra = [name for name in names if name not in SENT | MAY_COME_TOO] + [
        name for name in set(names) if names.count(name) > 1
    ]
    if extra or message.defects:
        figures.extra_headers.append(f"{label}: {extra} {message.defects}")
    for header, expected in (("To", TO), ("From", RELAY)):
        addresses = [one.addr_spec for one in message[header].addresses]
        if len(addresses) != 1 or (label != "whole way" and addresses != [expected]):
            figures.strangers.append(f"{label}: {header} {addresses}")
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    nodes = Nodes()
    nodes.feed(html.get_content())
    nodes.close()
    figures.active_nodes += [f"{label}: {one}" for one in nodes.active]
    if literal is not None:
        for part, text in (("plain", plain.get_content()), ("html", "".join(nodes.words))):
            if squeezed(literal) not in squeezed(text):
                figures.evaluated.append(f"{label}: not as written in {part}")


def letter_with(place: str, text: str) -> tuple[Mailing, Entry, str]:
    """A mailing in which ``text`` stands at ``place``, and its recipient and From."""
    mailing = Mailing(
        id=UUID(int=7),
        subject="About {{ constituency }}",
        body=BODY,
        sender_name="NEU",
        reply_to=FROM,
        common=dict(COMMON),
        named=[],
    )
    person = Entry(uuid4(), UUID(int=1), uuid4(), "Ada Reed", TO, None, "", dict(VALUES), None)
    if place == "subject":
        mailing.subject = text
    elif place == "body":
        mailing.body = f"Dear {{{{ salutation }}}},\n\n{text}\n\nYours"
    elif place == "sender_name":
        mailing.sender_name = text
    elif place == "reply_to":
        mailing.reply_to = f"{text} <{FROM}>"
    elif place == "name":
        person = replace(person, name=text)
    elif place in COMMON:
        mailing.common = COMMON | {place: text}
    else:
        person = replace(person, fields=VALUES | {place: text})
    return mailing, person, RELAY


def test_the_corpus_is_large_enough() -> None:
    assert len(CORPUS) >= 60
    assert len(set(CORPUS.values())) == len(CORPUS)


def test_every_text_at_every_place_over_the_wire(smtp_sink: Sink) -> None:
    """Built by the product's own builder, and taken by a real server: what arrives is what was meant."""
    figures = Figures()
    connection = SmtpConnection(SmtpServer("127.0.0.1", smtp_sink.port, None, None, "none", 1))
    for name, text in CORPUS.items():
        for place in PLACES:
            label, before = f"{name} as {place}", len(smtp_sink.messages)
            mailing, person, sender = letter_with(place, text)
            try:
                mailing.sender = sender = named_address(mailing.sender_name, sender)
                content = build(mailing, Texts.of(mailing), person, "<1@organising.example>", sender)
            except (Invalid, Unparsable, KeyError) as refused:
                figures.refused[type(refused).__name__] += 1
                continue
            if "huge" in name and place not in ("body", "subject"):
                # Composed, and not sent eleven times over.
                continue
            connection.hold(address_of(sender), TO, content)
            connection.release()
            if len(smtp_sink.messages) != before + 1 or smtp_sink.envelopes[-1] != (RELAY, TO):
                figures.strangers.append(f"{label}: {smtp_sink.envelopes[before:]}")
            shown = place not in ("subject", "sender_name", "reply_to", "name")
            literal = FILLED.get(text, text) if place == "body" else text
            examine(figures, label, smtp_sink.messages[-1], literal if shown and text.strip() else None)
    connection.close()
    figures.say("Composed and sent")
    assert figures.sent > 600
    figures.expect_none()
    assert {recipient for _, recipient in smtp_sink.envelopes} == {TO}


@pytest.fixture
def people(app: Flask, world: World) -> Campaigners:
    seat_members(app, len(CORPUS))
    return Campaigners.at(world)


def poison(app: Flask) -> dict[str, str]:
    """Put one text of the corpus into each member's name and seat, as an import might bring it; by address."""
    texts = [
        (name, text.replace("\x00", "").encode("utf-8", "replace").decode()[:5_000])
        for name, text in CORPUS.items()
    ]
    with app.app_context(), use_context(Context(purpose="import")) as session:
        people = session.scalars(select(Person).order_by(Person.sort_key)).all()
        areas = session.scalars(select(Area).order_by(Area.sort_key)).all()
        for person, area, (_name, text) in zip(people, areas, texts, strict=True):
            person.name, area.name = f"Ada {text}", text or "Seat"
        session.commit()
    return {f"member{n:04}@parliament.example": text for n, (_name, text) in enumerate(texts, 1)}


def test_the_whole_way_from_the_register_to_the_wire(
    app: Flask, people: Campaigners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    """Each text as a member's name, seat and salutation: what can't be sent is told before sign-off, the rest arrives."""
    texts = poison(app)
    body = 'Dear {{ salutation|"member" }},\n\n{{ full_name|"a member" }} of {{ constituency|"a seat" }}: we write for the NEU.\n'
    mailing = people.draft(body=body, subject='A question about {{ constituency|"your seat" }}')
    figures = Figures()
    with people.world.context("neu", people.organiser) as session:
        choices = session.scalars(select(MailingChoice).where(MailingChoice.mailing_id == mailing)).all()
        words = {
            one.id: texts[f"member{place:04}@parliament.example"]
            for place, one in _by_address(session, choices)
        }
        for choice_id, text in words.items():
            try:
                drafting.check_salutations(people.organiser, mailing, {choice_id: text})
            except Invalid:
                figures.refused["salutation"] += 1
        session.commit()
    figures.refused["before sign-off"] += _leave_out_what_can_not_be_sent(people, mailing)
    people.ask(mailing)
    people.approve(mailing)
    people.release(mailing)
    run_jobs()
    counts = people.counts(mailing)
    assert set(counts) == {"accepted"}
    assert counts["accepted"] == len(smtp_sink.messages) == len(smtp_sink.envelopes)
    for message, (_sender, recipient) in zip(smtp_sink.messages, smtp_sink.envelopes, strict=True):
        assert [one.addr_spec for one in message["To"].addresses] == [recipient]
        examine(figures, "whole way", message, in_one_line(texts[recipient]) or None)
    figures.say("From the register to the wire")
    figures.expect_none()
    assert figures.sent > 60
    assert not [recipient for _, recipient in smtp_sink.envelopes if EVIL in recipient]


def _by_address(session: object, choices: list[MailingChoice]) -> list[tuple[int, MailingChoice]]:
    """Each choice with its member's number, which its address holds."""
    found = []
    for choice in choices:
        key = db.session.scalars(select(Person.sort_key).where(Person.id == choice.person_id)).one()
        found.append((int(key.removeprefix("member")), choice))
    return found


def _leave_out_what_can_not_be_sent(people: Campaigners, mailing: UUID) -> int:
    """As a person would who reads the problems: take those out, one after the other."""
    with people.world.context("neu", people.organiser) as session:
        row = session.get_one(Mailing, (people.organiser.organisation_id, mailing))
        texts = Texts.of(row, {"organisation": "NEU"}, [])
        wrong = []
        for entry in review.check_mailing(row).included:
            try:
                build(row, texts, entry, "<1@organising.example>", RELAY)
            except Invalid:
                wrong.append(entry.choice_id)
        assert bool(wrong) == bool(review.check_mailing(row).problems)
        audience.remove_choices(people.organiser, mailing, wrong)
        session.commit()
        return len(wrong)
