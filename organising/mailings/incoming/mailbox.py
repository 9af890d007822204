"""Fetching what came back from a mailbox by IMAP, for where no mail server can hand it over.

A message is marked as seen once it is committed: killed in between, it is fetched again, and kept once. What is no
answer to a letter stays unseen, with a mark of its own so that it is not fetched each time.
"""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from organising.config import ImapMailbox
from organising.mailings.services import incoming

from .reading import MOST_READ, read_message

TIMEOUT_SECONDS = 30.0
# The product's own mark, where the server lets clients make some.
LOOKED_AT = "OrganisingLookedAt"
MOST_AT_ONCE = 500
PERMANENT = re.compile(rb"\\\*|OrganisingLookedAt", re.IGNORECASE)


class MailboxRefused(Exception):
    """The mailbox can't be read; ``str()`` says why in one line."""


@dataclass
class Fetched:
    """How many messages were kept, were kept before, and were none of the product's."""

    kept: int = 0
    known: int = 0
    others: int = 0


def fetch_new(mailbox: ImapMailbox) -> Fetched:
    """Keep what is new in the mailbox. Raises :class:`MailboxRefused`; what was kept by then is kept."""
    done = Fetched()
    try:
        with _opened(mailbox) as (connection, may_mark):
            for uid in _list_new(connection, may_mark):
                _fetch(connection, uid, may_mark, done)
    except (imaplib.IMAP4.error, OSError, ssl.SSLError) as error:
        raise MailboxRefused(f"{mailbox.host}: {_reason(error)}") from None
    return done


@contextmanager
def _opened(mailbox: ImapMailbox) -> Iterator[tuple[imaplib.IMAP4, bool]]:
    context = ssl.create_default_context()
    if mailbox.security == "tls":
        connection: imaplib.IMAP4 = imaplib.IMAP4_SSL(
            mailbox.host, mailbox.port, ssl_context=context, timeout=TIMEOUT_SECONDS
        )
    else:
        connection = imaplib.IMAP4(mailbox.host, mailbox.port, timeout=TIMEOUT_SECONDS)
    try:
        if mailbox.security == "starttls":
            connection.starttls(context)
        connection.login(mailbox.username, mailbox.password)
        _expect(connection.select(f'"{mailbox.folder}"'))
        flags = connection.response("PERMANENTFLAGS")[1]
        yield connection, any(PERMANENT.search(one) for one in flags if isinstance(one, bytes))
    finally:
        try:
            connection.logout()
        except (imaplib.IMAP4.error, OSError):
            connection.shutdown()


def _list_new(connection: imaplib.IMAP4, may_mark: bool) -> list[str]:
    wanted = ["UNSEEN", *(["UNKEYWORD", LOOKED_AT] if may_mark else [])]
    found = _expect(connection.uid("SEARCH", *wanted))
    return [uid.decode("ascii") for uid in (found[0] or b"").split()][:MOST_AT_ONCE]


def _fetch(connection: imaplib.IMAP4, uid: str, may_mark: bool, done: Fetched) -> None:
    answer = _expect(connection.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MOST_READ}>)"))
    content = next((one[1] for one in answer if isinstance(one, tuple)), None)
    if content is None:
        # Somebody deleted it in between.
        return
    kept = _keep(content)
    if kept is None:
        done.others += 1
        if may_mark:
            connection.uid("STORE", uid, "+FLAGS.SILENT", f"({LOOKED_AT})")
        return
    done.kept += kept.is_new
    done.known += not kept.is_new
    _expect(connection.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)"))


def _keep(content: bytes) -> incoming.Kept | None:
    """Keep a message for the return path among its recipients, else as an answer to the letter that it names."""
    message = read_message(content)
    for recipient in message.recipients:
        kept = incoming.receive(content, recipient)
        if kept is not None:
            return kept
    return incoming.receive_answer(content)


def _expect(answer: tuple[str, list[Any]]) -> list[Any]:
    kind, told = answer
    if kind != "OK":
        raise imaplib.IMAP4.error(told[0] if told else kind)
    return told


def _reason(error: Exception) -> str:
    """In one line, without what was sent: that may be the secret."""
    if isinstance(error, imaplib.IMAP4.error):
        said = error.args[0] if error.args else ""
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return " ".join(text.split())[:200] or "the server said no"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message})"
    return str(error) or type(error).__name__
