"""No value puts a header on the wire, and what is sent is what was set."""

from email import message_from_bytes, policy
from email.utils import formataddr, getaddresses, parseaddr
from smtplib import quoteaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organising.platform.errors import Invalid
from organising.platform.message import (
    PLAIN_ADDRESS,
    PLAIN_MAILBOX,
    OutgoingMail,
    address_of,
    compose,
    in_brackets,
    named_address,
)

SENDER = "Organising <hello@organising.example>"


def _parsed(mail):
    return message_from_bytes(compose(mail, SENDER), policy=policy.default)


def test_a_message_is_read_back_as_written():
    mail = OutgoingMail(
        to="Zoë Ó Brien <zoe@example.org>",
        subject="Café – déjà vu",
        text="Dear Zoë,\n.\nregards\n",
        html="<p>Zoë</p>",
        reply_to="us@organising.example",
        message_id="<1@organising.example>",
        headers={"Auto-Submitted": "auto-generated"},
    )
    parsed = _parsed(mail)
    assert parsed["Subject"] == "Café – déjà vu"
    assert "zoe@example.org" in parsed["To"]
    assert parsed["Message-ID"] == "<1@organising.example>"
    assert parsed.get_body(("plain",)).get_content().replace("\r\n", "\n") == "Dear Zoë,\n.\nregards\n"


@pytest.mark.parametrize(
    "subject",
    [
        "hi\nBcc: x@example.org",
        "hi\r\nBcc: x@example.org",
        "hi\rBcc: x@example.org",
        "=?utf-8?q?hi=0ABcc:_x@example.org?=",
        "=?utf-8?q?hi=0D=0ABcc:_x@example.org?=",
        "=?utf-8?b?aGkKQmNjOiB4QGV4YW1wbGUub3Jn?=",
        "=?utf-8?q?harmless?=",
        "hi\x00there",
        "hi\x0bthere",
    ],
)
@pytest.mark.parametrize("place", ["subject", "to", "reply_to", "sender", "header"])
def test_no_injection_passes(subject, place):
    values = {"to": "a@example.org", "subject": "s", "text": "t"}
    if place == "header":
        values["headers"] = {"X-Note": subject}
    else:
        values[place] = subject if place == "subject" else f"{subject} <a@example.org>"
    try:
        parsed = _parsed(OutgoingMail(**values))
    except Invalid:
        return
    assert parsed["Bcc"] is None
    assert set(parsed.keys()) <= {
        "From",
        "To",
        "Subject",
        "Date",
        "Reply-To",
        "X-Note",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    }


@given(st.text(max_size=200))
def test_any_subject_is_refused_or_arrives_alone(subject):
    try:
        parsed = _parsed(OutgoingMail(to="a@example.org", subject=subject, text="t"))
    except Invalid:
        return
    assert len(parsed.keys()) == 7


@pytest.mark.parametrize("address", ["", "nobody", "a b@example.org\n", "<>"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(Invalid):
        address_of(address)


def test_names_are_quoted():
    assert address_of(named_address('O"Brien, Zoë\n', "z@example.org")) == "z@example.org"


def _joined(separator, letters):
    return st.lists(st.text(letters, min_size=1, max_size=5), min_size=1, max_size=3).map(separator.join)


PLAIN = st.builds("{}@{}".format, _joined(".", "azAZ09!#$%&'*+/=?^_`{|}~-"), _joined(".", "azAZ09-"))


@given(_joined(" ", "azAZ09'-"), PLAIN)
def test_what_is_not_taken_apart_is_what_a_parser_would_have_made_of_it(name, address):
    mailbox = f"{name} <{address}>"
    assert PLAIN_MAILBOX.fullmatch(mailbox)
    assert PLAIN_ADDRESS.fullmatch(address)
    assert [formataddr(pair) for pair in getaddresses([mailbox])] == [mailbox]
    assert parseaddr(address)[1] == address_of(address) == address
    assert in_brackets(address) == quoteaddr(address)
