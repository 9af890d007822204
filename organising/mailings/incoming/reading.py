"""Reading a message from bytes. Whatever they are, an answer comes back: nothing raises, nothing grows without end."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.policy import compat32

from .decoding import LONGEST_HEADER, address_in, decoded_header, in_lines, in_text, of_html

LARGEST = 25 * 2**20
# Of a longer message, the rest is not looked at: reports and words come before attachments.
MOST_READ = 512 * 1024
MOST_TEXT = 100_000
MOST_HEADERS = 200
MOST_PARTS = 100
MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}@[!-;=?-~]{1,250}>")

Headers = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Incoming:
    """A message as far as it could be read.

    ``headers`` by lower-case name. ``text`` is plain, at most 100,000 characters. ``report`` holds the blocks of a
    delivery report; ``returned`` the headers of the message it returns. ``is_cut``: there was more than was read.
    """

    headers: Headers
    sender: str = ""
    subject: str = ""
    message_id: str | None = None
    references: tuple[str, ...] = ()
    text: str = ""
    report: tuple[Headers, ...] = ()
    report_type: str = ""
    returned: Headers = field(default_factory=dict)
    is_cut: bool = False
    is_broken: bool = False

    def first(self, name: str) -> str:
        """The first header of this name, or nothing."""
        return next(iter(self.headers.get(name, ())), "")

    @property
    def recipients(self) -> tuple[str, ...]:
        """The addresses that the headers say it was delivered to, each once."""
        names = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to", "cc", "bcc")
        found = [
            one for name in names for value in self.headers.get(name, ())[:5] for one in address_in(value)
        ]
        return tuple(dict.fromkeys(found))


def read_message(content: bytes) -> Incoming:
    """The message in these bytes; where even its structure breaks the parser, its headers and its raw words."""
    cut = len(content) > MOST_READ
    kept = content[:MOST_READ]
    try:
        message = BytesParser(policy=compat32).parsebytes(kept)
        return _read(message, cut)
    except Exception:
        # A parser has no list of what it raises on bytes made to break it (recursion, look-up, value …).
        return _read_raw(kept, cut)


def _read(message: Message, cut: bool) -> Incoming:
    headers = headers_of(message)
    parts = _parts(message)
    report: list[Headers] = []
    returned: Headers = {}
    texts: dict[str, list[str]] = {"plain": [], "html": []}
    room = MOST_TEXT
    for part in parts:
        kind = part.get_content_type()
        if kind in ("message/delivery-status", "message/disposition-notification"):
            report += _blocks(_body(part))
        elif kind in ("message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers"):
            returned = returned or _head(_body(part))
        elif kind in ("text/plain", "text/html") and not _is_attachment(part) and room > 0:
            words = in_text(_body(part), part.get_content_charset())[: room * 4]
            words = of_html(words) if kind == "text/html" else in_lines(words)
            texts[kind.removeprefix("text/")].append(words[:room])
            room -= len(words) if kind == "text/plain" else 0
    plain = "\n\n".join(words for words in texts["plain"] if words.strip())
    text = plain or next((words for words in texts["html"] if words.strip()), "")
    return _made(
        headers,
        text=text,
        report=tuple(report),
        report_type=_report_type(message),
        returned=returned,
        is_cut=cut or len(text) > MOST_TEXT,
    )


def _made(headers: Headers, *, text: str, is_cut: bool, **more: object) -> Incoming:
    def first(name: str) -> str:
        return next(iter(headers.get(name, ())), "")

    references = MESSAGE_ID.findall(
        " ".join((*headers.get("in-reply-to", ()), *headers.get("references", ())))
    )
    own = MESSAGE_ID.search(first("message-id"))
    return Incoming(
        headers=headers,
        sender=next(iter(address_in(first("from"))), ""),
        subject=" ".join(first("subject").split())[:500],
        message_id=own.group() if own else None,
        references=tuple(dict.fromkeys(references))[:50],
        text=text[:MOST_TEXT].strip("\n"),
        is_cut=is_cut,
        **more,  # type: ignore[arg-type]
    )


def _read_raw(content: bytes, cut: bool) -> Incoming:
    head, _, body = content.replace(b"\r\n", b"\n").partition(b"\n\n")
    try:
        headers = headers_of(BytesHeaderParser(policy=compat32).parsebytes(head + b"\n\n"))
    except Exception:
        headers = {}
    return _made(headers, text=in_lines(in_text(body[: MOST_TEXT * 4], None)), is_cut=cut, is_broken=True)


def headers_of(message: Message) -> Headers:
    """All headers by lower-case name, decoded, in order, within limits."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in list(message.raw_items())[:MOST_HEADERS]:
        key = str(name).lower()
        found[key] = (*found.get(key, ()), decoded_header(str(value)))
    return found


def _parts(message: Message) -> list[Message]:
    """The leaves, in order, not those of returned messages."""
    leaves: list[Message] = []
    waiting = [message]
    while waiting and len(leaves) < MOST_PARTS:
        part = waiting.pop(0)
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting[:0] = [one for one in payload if isinstance(one, Message)][:MOST_PARTS]
        else:
            leaves.append(part)
    return leaves


def _body(part: Message) -> bytes:
    """A leaf's bytes; those of a part with parts, such as a report, as they stood, with their encoding undone."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        decoded = part.get_payload(decode=True)
        return decoded if isinstance(decoded, bytes) else str(payload).encode("utf-8", "replace")
    raw = b"\n\n".join(one.as_bytes() for one in payload if isinstance(one, Message))
    if str(part.get("content-transfer-encoding", "")).strip().lower() in ("base64", "quoted-printable"):
        # Reports must not be encoded (RFC 6522), and some are; the parser took the code for headers or text.
        bare = Message()
        bare["Content-Transfer-Encoding"] = str(part["content-transfer-encoding"])
        bare.set_payload(raw.decode("ascii", "replace").strip())
        undone = bare.get_payload(decode=True)
        return undone if isinstance(undone, bytes) else raw
    return raw


def _blocks(content: bytes) -> list[Headers]:
    text = content.replace(b"\r\n", b"\n").strip(b"\n")
    blocks = [_head(block) for block in re.split(rb"\n[ \t]*\n", text)[:MOST_PARTS]]
    return [block for block in blocks if block]


def _head(content: bytes) -> Headers:
    head = re.split(rb"\r?\n[ \t]*\r?\n", content.lstrip(b"\r\n"), maxsplit=1)[0][: 64 * LONGEST_HEADER]
    return headers_of(BytesHeaderParser(policy=compat32).parsebytes(head + b"\n\n"))


def _is_attachment(part: Message) -> bool:
    return str(part.get("content-disposition", "")).strip().lower().startswith("attachment")


def _report_type(message: Message) -> str:
    if message.get_content_type() != "multipart/report":
        return ""
    return str(message.get_param("report-type", "") or "").lower()
