"""Building a message: one place where headers meet the outside, so one place where they are checked."""

import re
import unicodedata
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import Header, decode_header, make_header
from email.parser import BytesHeaderParser
from email.utils import formataddr, formatdate, getaddresses, parseaddr
from functools import cached_property, lru_cache
from hashlib import sha256
from secrets import token_hex
from smtplib import quoteaddr

from .errors import Invalid

# Control characters, line and paragraph separators (U+0085 and U+2028 break lines too), lone surrogates.
BREAKING = frozenset({"Cc", "Zl", "Zp", "Cs"})
ADDRESSES = ("From", "To", "Reply-To")
SAME_IN_ALL = ("From", "Reply-To")
# RFC 5322 allows 998 before the line's end.
LONGEST_LINE = 990
HARMLESS_NAME = re.compile(r"[A-Za-z0-9 _-]{1,70}\.[a-z]{1,5}")
HARMLESS_KIND = re.compile(r"[a-z]+/[a-z]+")
# An address of plain letters (RFC 5322 dot-atom), and one with a name that needs no quotes: what nearly all are, and
# what a parser would give back as it is.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
PLAIN_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
PLAIN_MAILBOX = re.compile(rf"[A-Za-z0-9'-]+(?: [A-Za-z0-9'-]+)* <{PLAIN_ADDRESS.pattern}>")
# Where a header is folded.
LINE = 76
_HEADS = BytesHeaderParser()


@dataclass(frozen=True)
class AttachedFile:
    """A file that goes with a message. ``name`` goes into a header as it is: plain letters, and short."""

    name: str
    kind: str
    content: bytes

    def __post_init__(self) -> None:
        if not HARMLESS_NAME.fullmatch(self.name) or not HARMLESS_KIND.fullmatch(self.kind):
            raise Invalid("A file has a name that can't be sent.")

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content, in hexadecimal."""
        return sha256(self.content).hexdigest()

    @cached_property
    def part(self) -> bytes:
        """The file as a part of a message, encoded once however many get it."""
        head = (
            f'Content-Type: {self.kind}; name="{self.name}"\r\n'
            "Content-Transfer-Encoding: base64\r\n"
            f'Content-Disposition: attachment; filename="{self.name}"\r\n\r\n'
        )
        return head.encode("ascii") + encodebytes(self.content).replace(b"\n", b"\r\n")


@dataclass(frozen=True)
class OutgoingMail:
    """One message to one address. ``sender`` defaults to the installation's; addresses may carry a display
    name. ``return_path``: where it comes back to, in the envelope alone.
    """

    to: str
    subject: str
    text: str
    html: str | None = None
    reply_to: str | None = None
    sender: str | None = None
    message_id: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    files: Sequence["AttachedFile"] = ()
    return_path: str | None = None


def compose(mail: OutgoingMail, sender: str) -> bytes:
    """The message as it goes over the wire (CRLF, 7-bit clean, UTF-8). Raises :class:`Invalid`.

    Assembled here rather than by ``EmailMessage``, which takes 5 ms a message. The serialised headers are
    parsed
    again: what a reader sees must be what was set. Python before 3.11.9 lets an encoded word
    (``=?utf-8?q?hi=0ABcc:_x@y?=``) put a header on the wire, so words are decoded first.
    """
    wanted = _headers(mail, sender)
    lines = [
        _same_in_all(name, value) if name in SAME_IN_ALL else _header(name, _checked(name, value))
        for name, value in wanted.items()
    ]
    head = "\r\n".join([*lines, "MIME-Version: 1.0", ""]).encode("ascii")
    if mail.html is None:
        content_head, content = _part("plain", mail.text)
    else:
        boundary = f"=-{token_hex(16)}"
        content_head = f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n'.encode()
        parts = [_part("plain", mail.text), _part("html", mail.html)]
        mark = f"--{boundary}".encode()
        marked = [mark + b"\r\n" + part_head + b"\r\n" + body + b"\r\n" for part_head, body in parts]
        content = b"".join(marked) + mark + b"--\r\n"
    if mail.files:
        content_head, content = _with_files(content_head, content, mail.files)
    _verify(head + content_head + b"\r\n", wanted)
    return head + content_head + b"\r\n" + content


def _with_files(content_head: bytes, content: bytes, files: Sequence[AttachedFile]) -> tuple[bytes, bytes]:
    """The letter as the first part, the files after it."""
    boundary = f"=+{token_hex(16)}"
    mark = f"--{boundary}".encode()
    parts = [content_head + b"\r\n" + content, *(file.part for file in files)]
    mixed = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"
    return f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n'.encode(), mixed


@lru_cache(maxsize=64)
def _same_in_all(name: str, value: str) -> str:
    """A header that all messages of a mailing have in common: checked and folded once."""
    return _header(name, _checked(name, value))


def _header(name: str, value: str) -> str:
    """One header, folded, in ASCII."""
    if name in ADDRESSES:
        if len(value) <= LINE and PLAIN_MAILBOX.fullmatch(value):
            return f"{name}: {value}"
        pairs = getaddresses([value])
        if not all(address.isascii() for _, address in pairs):
            raise Invalid(f"{name} holds an address with letters that mail servers do not all take.")
        lines = [formataddr(pair) for pair in pairs]
        # Names are not folded: one that no server takes in a line is nobody's.
        if max(map(len, lines), default=0) + len(name) + 2 > LONGEST_LINE:
            raise Invalid(f"{name} holds a name that is too long for mail servers.")
        return f"{name}: " + ",\r\n ".join(lines)
    # One word is never folded: mail programs look for an address behind the colon, not on the next line.
    longest = LINE if " " in value else LONGEST_LINE
    if value.isascii() and len(name) + 2 + len(value) <= longest and value == value.strip():
        return f"{name}: {value}"
    charset = "us-ascii" if value.isascii() else "utf-8"
    text = Header(value, charset, header_name=name, maxlinelen=LINE).encode(linesep="\r\n")
    if max(map(len, text.split("\r\n"))) > LONGEST_LINE:
        raise Invalid(f"{name} holds a word of more than {LONGEST_LINE} letters.")
    return f"{name}: {text}"


def _part(subtype: str, text: str) -> tuple[bytes, bytes]:
    """The headers and the body of a text part: as it is where it is short ASCII, else quoted-printable."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.endswith("\n"):
        text += "\n"
    if text.isascii() and "\0" not in text and max(map(len, text.split("\n"))) <= LONGEST_LINE:
        encoding, body = "7bit", text.encode()
    else:
        encoding, body = "quoted-printable", b2a_qp(_utf8(text), istext=True)
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n'
    return head.encode(), body.replace(b"\n", b"\r\n")


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise Invalid("The text holds half a character, which can't be sent.") from None


def _headers(mail: OutgoingMail, sender: str) -> dict[str, str]:
    headers = {
        "From": mail.sender or sender,
        "To": mail.to,
        "Subject": mail.subject,
        "Date": formatdate(localtime=False),
    }
    if mail.reply_to:
        headers["Reply-To"] = mail.reply_to
    if mail.message_id:
        headers["Message-ID"] = mail.message_id
    return headers | dict(mail.headers)


def _checked(name: str, value: str) -> str:
    if "=?" not in value and value.isprintable():
        # Nothing to decode, and nothing that breaks a line.
        return value
    try:
        decoded = str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, UnicodeDecodeError, ValueError):
        raise Invalid(f"{name} holds an encoding that can't be read.") from None
    for text in (value, decoded):
        if any(unicodedata.category(character) in BREAKING for character in text):
            raise Invalid(f"{name} holds a line break or a control character.")
    if decoded != value and name not in ADDRESSES:
        raise Invalid(f"{name} holds an encoded word; write it in plain letters.")
    return value


def _verify(head: bytes, wanted: Mapping[str, str]) -> None:
    parsed = _HEADS.parsebytes(head)
    expected = sorted([*(name.lower() for name in wanted), "content-type", "mime-version"])
    found = sorted(name.lower() for name in parsed if name.lower() != "content-transfer-encoding")
    if found != expected or parsed.defects:
        raise Invalid("The message's headers would not arrive as written.")


def address_of(text: str) -> str:
    """The bare address within ``Name <address>``; raises :class:`Invalid` where there is none."""
    if PLAIN_ADDRESS.fullmatch(text):
        return text
    address = parseaddr(text)[1]
    if "@" not in address or any(ord(character) <= 32 for character in address):
        raise Invalid("That is no email address.")
    return address


def in_brackets(address: str) -> str:
    """``<address>`` as an SMTP command wants it."""
    return f"<{address}>" if PLAIN_ADDRESS.fullmatch(address) else quoteaddr(address)


def named_address(name: str, address: str) -> str:
    """``Name <address>`` with the name quoted as RFC 5322 asks; raises :class:`Invalid` for half a character."""
    try:
        return formataddr((" ".join(name.split()), address))
    except UnicodeEncodeError:
        raise Invalid("A name holds half a character, which can't be sent.") from None
