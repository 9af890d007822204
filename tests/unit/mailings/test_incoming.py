"""A mailbox of bounces and answers in the formats of many mail systems: each to its class, or to a person."""

import base64
import time
from pathlib import Path

import pytest

from organising.mailings.incoming import ReplyClass as C
from organising.mailings.incoming import Severity as S
from organising.mailings.incoming import Verdict as V
from organising.mailings.incoming import Why, classify, read_message

SAMPLES = Path(__file__).parent / "samples"
OURS = "member0001@parliament.example"
RETURN = "b+return@organising.example"
SENT = "<11111111-0000-4000-8000-000000000001@organising.example>"

# Name: severity, status, whom it names.
BOUNCES = {
    "postfix-no-such-user": (S.HARD, "5.1.1", (OURS,)),
    "postfix-mailbox-full": (S.SOFT, "5.2.2", (OURS,)),
    "postfix-policy": (S.BLOCKED, "5.7.1", (OURS,)),
    "postfix-host-not-found": (S.SOFT, "5.4.4", (OURS,)),
    "exchange-online-5110": (S.HARD, "5.1.10", (OURS,)),
    "exchange-2010-511": (S.HARD, "5.1.1", (OURS,)),
    "exchange-57133-restricted": (S.BLOCKED, "5.7.133", (OURS,)),
    "exchange-quota": (S.SOFT, "5.2.2", (OURS,)),
    "exchange-55-without-report": (S.HARD, "5.1.1", (OURS,)),
    "gmail-address-not-found": (S.HARD, "5.1.1", (OURS,)),
    "gmail-over-quota": (S.SOFT, "4.2.2", (OURS,)),
    "gmail-unauthenticated": (S.BLOCKED, "5.7.26", (OURS,)),
    "qmail-no-mailbox": (S.HARD, "5.1.1", (OURS,)),
    "qmail-no-code": (S.HARD, "5.0.0", (OURS,)),
    "qmail-spam": (S.BLOCKED, "5.7.1", (OURS,)),
    "qmail-too-long-in-queue": (S.SOFT, "4.4.1", (OURS,)),
    "exim-unrouteable": (S.HARD, None, (OURS,)),
    "exim-report": (S.HARD, "5.0.0", (OURS,)),
    "sendmail-report": (S.HARD, "5.1.1", (OURS,)),
    "sendmail-without-report": (S.HARD, "5.0.0", (OURS,)),
    "domino": (S.HARD, "5.1.1", (OURS,)),
    "gateway-content-policy": (S.BLOCKED, "5.7.0", (OURS,)),
    "report-in-base64": (S.HARD, "5.1.1", (OURS,)),
    "report-cut-off": (S.HARD, "5.1.1", (OURS,)),
    "report-with-nul-bytes": (S.HARD, "5.1.1", (OURS,)),
    # Genuine bounces, of others: whom they name keeps them from being held against ours.
    "report-of-another-recipient": (S.HARD, "5.1.1", ("member0002@parliament.example",)),
    "report-of-a-forward": (S.HARD, "5.1.1", ("ada@home.example",)),
    "report-of-two": (S.HARD, "5.1.1", ("member0002@parliament.example",)),
    "report-of-another-message": (S.HARD, "5.1.1", (OURS,)),
}
DELAYS = ("postfix-delayed", "exchange-delayed", "gmail-delayed", "exim-delayed")
RECEIPTS = ("report-delivered", "report-relayed", "read-receipt", "deleted-unread")
AUTOMATIC = {
    "exchange-out-of-office": C.OUT_OF_OFFICE,
    "exchange-out-of-office-html-base64": C.OUT_OF_OFFICE,
    "gmail-vacation": C.OUT_OF_OFFICE,
    "qmail-autorespond": C.OUT_OF_OFFICE,
    "unix-vacation": C.OUT_OF_OFFICE,
    "maternity-leave-without-headers": C.OUT_OF_OFFICE,
    "out-of-office-in-french": C.OUT_OF_OFFICE,
    "out-of-office-in-german": C.ACKNOWLEDGEMENT,
    "parliament-acknowledgement": C.ACKNOWLEDGEMENT,
    "acknowledgement-without-headers": C.ACKNOWLEDGEMENT,
    "acknowledgement-generated-by-a-casework-system": C.ACKNOWLEDGEMENT,
    "acknowledgement-in-welsh": C.ACKNOWLEDGEMENT,
    "dissolution-notice": C.ACKNOWLEDGEMENT,
    "challenge": C.ACKNOWLEDGEMENT,
    "newsletter": C.ACKNOWLEDGEMENT,
}
HUMAN = {
    "human-support": C.SUBSTANTIVE_SUPPORT,
    "human-back-from-leave": C.SUBSTANTIVE_SUPPORT,
    "human-multipart-without-end": C.SUBSTANTIVE_SUPPORT,
    "human-oppose-html-base64": C.SUBSTANTIVE_OPPOSE,
    "human-unknown-charset": C.SUBSTANTIVE_OPPOSE,
    "human-noncommittal": C.NONCOMMITTAL,
    "human-meeting-offer": C.MEETING_OFFER,
    "human-casework": C.CASEWORK,
    "human-abuse": C.ABUSE,
    # Whose it is tells the Message-ID, which the service looks at (tests/jobs/test_mailings_incoming.py).
    "own-mail-looped-back": C.SUBSTANTIVE_SUPPORT,
}
TRIAGE = {
    "bounce-of-a-bounce": Why.BOUNCE_OF_BOUNCE,
    "report-in-broken-base64": Why.UNREADABLE,
    "human-thanks-and-supports": Why.UNCLEAR,
    "human-tells-of-a-bounce": Why.UNCLEAR,
    "human-both-ways": Why.UNCLEAR,
    "human-unclear": Why.UNCLEAR,
    "human-from-a-postmaster": Why.UNCLEAR,
    "human-broken-base64": Why.UNCLEAR,
    "attachment-only": Why.EMPTY,
    "only-a-quote": Why.EMPTY,
    "no-newline": Why.EMPTY,
    "empty": Why.EMPTY,
    "nothing-but-bytes": Why.UNREADABLE,
}
OTHERS = {"address-request": V.ADDRESS_REQUEST, "human-unsubscribe": V.UNSUBSCRIBE}


def judged(name):
    return classify(read_message((SAMPLES / f"{name}.eml").read_bytes()))


def test_every_sample_is_in_one_table():
    named = [*BOUNCES, *DELAYS, *RECEIPTS, *AUTOMATIC, *HUMAN, *TRIAGE, *OTHERS]
    assert sorted(named) == sorted(path.stem for path in SAMPLES.glob("*.eml"))
    assert len(named) >= 70


@pytest.mark.parametrize("name", BOUNCES)
def test_a_bounce_says_why_and_of_whom(name):
    judgement = judged(name)
    assert judgement.verdict is V.BOUNCE
    bounce = judgement.bounce
    assert (bounce.severity, bounce.status, bounce.recipients) == BOUNCES[name]
    assert not judgement.arrived
    other = name == "report-of-another-message"
    assert bounce.original_id in (SENT, None) or other


def test_the_message_returned_is_recognised_in_every_format_that_returns_it():
    named = {name for name in BOUNCES if judged(name).bounce.original_id == SENT}
    assert named == {
        "postfix-no-such-user", "postfix-mailbox-full", "exchange-online-5110", "exchange-2010-511",
        "gmail-address-not-found", "qmail-no-mailbox", "qmail-no-code", "qmail-spam", "qmail-too-long-in-queue",
        "exim-unrouteable", "exim-report", "sendmail-report", "sendmail-without-report", "domino",
    }  # fmt: skip


@pytest.mark.parametrize("name", DELAYS)
def test_a_delay_is_no_bounce_and_no_arrival(name):
    judgement = judged(name)
    assert (judgement.verdict, judgement.proposed) == (V.AUTOMATIC, C.ACKNOWLEDGEMENT)
    assert (judgement.bounce, judgement.arrived) == (None, False)


@pytest.mark.parametrize("name", RECEIPTS)
def test_a_receipt_shows_that_it_arrived(name):
    judgement = judged(name)
    assert (judgement.verdict, judgement.arrived, judgement.recipients) == (V.AUTOMATIC, True, (OURS,))


@pytest.mark.parametrize("name", AUTOMATIC)
def test_what_no_person_wrote_is_automatic(name):
    judgement = judged(name)
    assert (judgement.verdict, judgement.proposed, judgement.arrived) == (V.AUTOMATIC, AUTOMATIC[name], True)


@pytest.mark.parametrize("name", HUMAN)
def test_what_a_person_says_is_proposed(name):
    judgement = judged(name)
    assert (judgement.verdict, judgement.proposed, judgement.arrived) == (V.HUMAN, HUMAN[name], True)


@pytest.mark.parametrize("name", TRIAGE)
def test_in_doubt_a_person_decides(name):
    judgement = judged(name)
    assert (judgement.verdict, judgement.why) == (V.TRIAGE, TRIAGE[name])


@pytest.mark.parametrize("name", OTHERS)
def test_requests_of_an_office(name):
    assert judged(name).verdict is OTHERS[name]


def test_script_never_becomes_words():
    message = read_message((SAMPLES / "human-oppose-html-base64.eml").read_bytes())
    assert "alert" not in message.text
    assert message.subject == "Re: A question – my view"


def _nested(depth):
    inner = b"Content-Type: text/plain\n\nI support it."
    for level in range(depth):
        mark = b"b%d" % level
        head = b"Content-Type: multipart/mixed; boundary=%s\n\n--%s\n" % (mark, mark)
        inner = head + inner + b"\n--%s--\n" % mark
    return b"From: a@b.example\n" + inner


HOSTILE = {
    "one line of a megabyte": b"From: a@b.example\n\n" + b"x" * 2**20,
    "twenty megabytes": b"From: a@b.example\n\n" + b"I support it. " * (20 * 2**20 // 14),
    "a header of a megabyte": b"Subject: " + b"re: " * 2**18 + b"\nFrom: a@b.example\n\nhello",
    "a hundred thousand headers": b"X-A: b\n" * 100_000 + b"\nhello",
    "a hundred thousand parts": b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n"
    + b"--x\n\nhello\n" * 50_000,
    "parts within parts": _nested(300),
    "thanks without end": b"From: a@b.example\n\n" + b"thank you " * 40_000,
    "stars of addresses": b"From: mailer-daemon@b.example\nSubject: failure notice\n\n"
    + b"<a@b.c> " * 40_000,
    "quotes": b"From: a@b.example\n\n" + b"> on the way wrote:\n" * 20_000,
    "encoded words": b"From: a@b.example\nSubject: " + b"=?utf-8?q?=41?= " * 50_000 + b"\n\nhello",
    "open tags": b"From: a@b.example\nContent-Type: text/html\n\n" + b"<" * 200_000,
    "a comment that never ends": b"From: a@b.example\nContent-Type: text/html\n\n<!--" + b"-" * 200_000,
    "half a tag": b"From: a@b.example\nContent-Type: text/html\n\n" + b"<a b='" * 60_000,
    "half a declaration": b"From: a@b.example\nContent-Type: text/html\n\n" + b"<![" * 100_000,
    "half an entity": b"From: a@b.example\nContent-Type: text/html\n\n" + b"&#" * 100_000,
    "half an end": b"From: a@b.example\nContent-Type: text/html\n\n" + b"</" * 100_000,
    "comments": b"From: a@b.example\nContent-Type: text/html\n\n" + b"<!--" * 100_000,
    "dashes and blanks": b"From: a@b.example\n\n" + b"--- " * 25_000 + b"-" * 9000 + b" " * 9000 + b"x",
    "commas": b"From: mailer-daemon@b.example\nSubject: failure notice\n\n" + b"-,-:" * 30_000,
    "base64 that is none": b"From: a@b.example\nContent-Transfer-Encoding: base64\n\n" + b"=!" * 200_000,
    "codes": b"From: mailer-daemon@b.example\nSubject: failure notice\n\n" + b"5.1.1.1.1 550 5" * 20_000,
    "a charset with a slash": b"From: a@b.example\nContent-Type: text/plain; charset=../../etc\n\nhello",
    "a codec that is no charset": b"From: a@b.example\nContent-Type: text/plain; charset=rot13\n\nhello",
    "a bomb": b"From: a@b.example\nContent-Type: text/plain; charset=zlib\n\n" + base64.b64encode(b"x" * 999),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_are_read_within_bounds(name):
    began = time.process_time()
    message = read_message(HOSTILE[name])
    judgement = classify(message)
    assert time.process_time() - began < 5
    assert len(message.text) <= 100_000
    assert len(message.subject) <= 500
    assert isinstance(judgement.verdict, V)
    assert judgement.bounce is None or len(judgement.bounce.recipients) <= 20


def test_every_sample_cut_at_any_place_is_still_judged():
    for path in SAMPLES.glob("*.eml"):
        whole = path.read_bytes()
        for end in range(0, len(whole), max(1, len(whole) // 40)):
            judgement = classify(read_message(whole[:end]))
            # Half a report may be a bounce; never of another than the whole names.
            if judgement.verdict is V.BOUNCE:
                full = BOUNCES.get(path.stem)
                named = full[2] if full else (OURS,)
                for said in judgement.bounce.recipients:
                    assert any(one.startswith(said) for one in (*named, OURS, RETURN)), (path.stem, end, said)


def test_a_sample_reads_the_same_with_any_line_ends():
    for path in SAMPLES.glob("*.eml"):
        whole = path.read_bytes()
        plain, dos = classify(read_message(whole)), classify(read_message(whole.replace(b"\n", b"\r\n")))
        assert (plain.verdict, plain.proposed, plain.why) == (dos.verdict, dos.proposed, dos.why), path.stem
