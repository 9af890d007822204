"""The Mailer port and its SMTP transport. A message can be held at its final dot until a commit has been
made.
"""

import smtplib
import socket
import ssl
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import current_app

from organising.config import Settings, SmtpServer

from .message import OutgoingMail, address_of, compose, in_brackets

__all__ = [
    "Mailer",
    "OutgoingMail",
    "Receipt",
    "Refused",
    "ReplyLost",
    "SmtpConnection",
    "get_mailer",
    "in_step",
    "try_server",
]

Answer = TypeVar("Answer")

TIMEOUT_SECONDS = 30.0


class Refused(Exception):
    """The server said no before or at the dot. ``code`` is its reply (421, 4xx, 5xx); 0 where it could not
    be reached.
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason

    @property
    def is_permanent(self) -> bool:
        """Whether trying again would be no use (5xx)."""
        return 500 <= self.code <= 599


class ReplyLost(Exception):
    """The dot was sent and no answer came: the message may or may not have been taken. Never send it again
    by itself.
    """


@dataclass(frozen=True)
class Receipt:
    """What the server answered to the dot: 250 and its text, which often names its queue id."""

    code: int
    text: str


class SmtpConnection:
    """One connection that carries one message at a time, up to its final dot and, when told, over it."""

    def __init__(self, server: SmtpServer, timeout: float = TIMEOUT_SECONDS) -> None:
        self.server = server
        self.timeout = timeout
        self._smtp: smtplib.SMTP | None = None

    def hold(self, sender: str, recipient: str, content: bytes) -> None:
        """MAIL, RCPT, DATA and the body, and wait at the dot. Raises :class:`Refused`; then nothing was
        sent.
        """
        for _ in self.holding(sender, recipient, content):
            pass

    def release(self) -> Receipt:
        """Send the dot and read the answer. Raises :class:`Refused` or :class:`ReplyLost`."""
        return _outcome(self.releasing())

    def holding(self, sender: str, recipient: str, content: bytes) -> Iterator[None]:
        """:meth:`hold`, stopping each time an answer is due, so that other connections can ask meanwhile."""
        was_open = self._smtp is not None
        try:
            try:
                yield from self._up_to_dot(sender, recipient, content)
            except (OSError, smtplib.SMTPServerDisconnected):
                if not was_open:
                    raise
                # A server may close a connection between messages; no dot was sent, so asking again is safe.
                self.abort()
                yield from self._up_to_dot(sender, recipient, content)
        except Refused:
            self.abort()
            raise
        except (OSError, smtplib.SMTPException) as error:
            self.abort()
            raise _unreached(error) from None

    def _up_to_dot(self, sender: str, recipient: str, content: bytes) -> Iterator[None]:
        smtp = self._smtp = self._smtp or self.open()
        from_, to = in_brackets(sender), in_brackets(recipient)
        commands = (f"MAIL FROM:{from_}", f"RCPT TO:{to}", "DATA")
        wanted = ((250,), (250, 251), (354,))
        if smtp.has_extn("pipelining"):
            smtp.send("".join(f"{command}\r\n" for command in commands))
            yield
            answers = [smtp.getreply() for _ in commands]
            for answer, codes in zip(answers, wanted, strict=True):
                self._expect(answer, codes)
        else:
            for command, codes in zip(commands, wanted, strict=True):
                smtp.putcmd(command)
                yield
                self._expect(smtp.getreply(), codes)
        smtp.send(_stuffed(content))

    def releasing(self) -> Generator[None, None, Receipt]:
        """:meth:`release`, stopping when the answer is due."""
        smtp = self._smtp
        if smtp is None:
            raise ReplyLost("the connection was closed before the dot")
        try:
            smtp.send(b".\r\n")
            yield
            code, text = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.abort()
            raise ReplyLost(type(error).__name__) from None
        answer = text.decode("utf-8", "replace")
        if code == 250:
            return Receipt(code, answer)
        if code < 0 or code == 421:
            self.abort()
        if code < 0:
            raise ReplyLost("the answer could not be read")
        raise Refused(code, answer)

    def abort(self) -> None:
        """Close without QUIT: a held message must not be taken for finished."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def close(self) -> None:
        """Say goodbye, between messages."""
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (OSError, smtplib.SMTPException):
                self._smtp.close()
            self._smtp = None

    def open(self) -> smtplib.SMTP:
        """Connect, secure and sign in. Raises ``OSError`` or ``smtplib.SMTPException``."""
        server = self.server
        # Reading the system's certificates takes 20 ms a connection.
        context = ssl.create_default_context() if server.security != "none" else None
        if server.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=self.timeout, context=context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=self.timeout)
        try:
            self._secure(smtp, context)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _secure(self, smtp: smtplib.SMTP, context: ssl.SSLContext | None) -> None:
        server = self.server
        # Without it, the dot waits 40 ms for the acknowledgement of the body.
        assert smtp.sock is not None
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if server.security == "starttls":
            smtp.starttls(context=context)
        smtp.ehlo_or_helo_if_needed()
        if server.username and server.password:
            smtp.login(server.username, server.password)

    @staticmethod
    def _expect(answer: tuple[int, bytes], wanted: tuple[int, ...]) -> None:
        code, text = answer
        if code not in wanted:
            raise Refused(code, text.decode("utf-8", "replace"))


@dataclass(frozen=True)
class Mailer:
    """Sends transactional mail (sign-in, confirmation), one message at a time, in its own lane."""

    server: SmtpServer
    sender: str

    def send(self, mail: OutgoingMail, *, before_dot: Callable[[], None] | None = None) -> Receipt:
        """Send one message. ``before_dot`` is called with the message held: commit there that it is sent.

        Raises :class:`Refused` (not sent), :class:`ReplyLost` (perhaps sent); an exception of ``before_dot``
        sends nothing.
        """
        content = compose(mail, self.sender)
        connection = SmtpConnection(self.server)
        try:
            connection.hold(mail.return_path or address_of(self.sender), address_of(mail.to), content)
            if before_dot is not None:
                before_dot()
            return connection.release()
        except BaseException:
            connection.abort()
            raise
        finally:
            connection.close()


def get_mailer() -> Mailer:
    """The application's mailer: it speaks to the host that the settings name, and to no other."""
    settings: Settings = current_app.config["SETTINGS"]
    return Mailer(settings.smtp, settings.mail_from)


def try_server(server: SmtpServer, sender: str, *, seconds: float = 10.0) -> Receipt:
    """Connect, secure, sign in and name a sender, as for a message, and go again: nothing is sent.

    Answers what the server said to the sender; raises :class:`Refused` with what it, or the network, said instead.
    """
    smtp: smtplib.SMTP | None = None
    try:
        smtp = SmtpConnection(server, seconds).open()
        code, text = smtp.mail(sender)
        smtp.rset()
    except (OSError, smtplib.SMTPException) as error:
        told = _unreached(error)
        raise told if told.code else Refused(0, f"{type(error).__name__}: {error}") from None
    finally:
        if smtp is not None:
            smtp.close()
    words = text.decode("utf-8", "replace")
    if code != 250:
        raise Refused(code, words)
    return Receipt(code, words)


def in_step(
    steps: Sequence[Iterator[None]],
    meanwhile: Callable[[], None] | None = None,
) -> list[Any]:
    """Drive :meth:`SmtpConnection.holding` or ``releasing`` of many connections at once, in one thread.

    All ask before any is waited for, so a distant server costs one round trip a step and not one a message.
    ``meanwhile`` is called each time all have asked, before any answer is waited for; it must not raise.
    Answers each one's outcome in order: what it returned, or its :class:`Refused` or :class:`ReplyLost`.
    """
    outcomes: list[Any] = [None] * len(steps)
    running = dict(enumerate(steps))
    while running:
        for place, step in list(running.items()):
            try:
                next(step)
            except StopIteration as finished:
                outcomes[place] = finished.value
                del running[place]
            except (Refused, ReplyLost) as error:
                outcomes[place] = error
                del running[place]
        if running and meanwhile is not None:
            meanwhile()
    return outcomes


def _outcome(step: Generator[None, None, Answer]) -> Answer:
    while True:
        try:
            next(step)
        except StopIteration as finished:
            answer: Answer = finished.value
            return answer


def _stuffed(content: bytes) -> bytes:
    """CRLF line ends, leading dots doubled (RFC 5321 4.5.2), a line end last: all but the dot itself."""
    body = smtplib._quote_periods(smtplib._fix_eols(content.decode("latin-1")).encode("latin-1"))  # type: ignore[attr-defined]
    assert isinstance(body, bytes)
    return body if body.endswith(b"\r\n") else body + b"\r\n"


def _unreached(error: Exception) -> Refused:
    if isinstance(error, smtplib.SMTPResponseException):
        reason = error.smtp_error
        words = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        return Refused(error.smtp_code, words)
    return Refused(0, type(error).__name__)
