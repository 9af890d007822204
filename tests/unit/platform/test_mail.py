"""The transport against a real server: held at the dot, released, refused, lost."""

import socket
import threading

import pytest

from organising.config import SmtpServer
from organising.platform.mail import Mailer, OutgoingMail, Refused, ReplyLost, SmtpConnection


def _server(port):
    return SmtpServer("127.0.0.1", port, None, None, "none", 10)


MAIL = OutgoingMail(to="a@example.org", subject="Hello", text="line\n.\n..dots\n")


def test_a_message_arrives_whole(smtp_sink):
    receipt = Mailer(_server(smtp_sink.port), "us@organising.example").send(MAIL)
    assert receipt.code == 250
    assert smtp_sink.messages[0].get_content().replace("\r\n", "\n") == "line\n.\n..dots\n"


def test_what_fails_before_the_dot_sends_nothing(smtp_sink):
    def refuse():
        raise RuntimeError("the commit failed")

    with pytest.raises(RuntimeError):
        Mailer(_server(smtp_sink.port), "us@organising.example").send(MAIL, before_dot=refuse)
    assert smtp_sink.messages == []


def test_a_held_message_that_is_aborted_was_never_sent(smtp_sink):
    connection = SmtpConnection(_server(smtp_sink.port))
    connection.hold("us@organising.example", "a@example.org", b"Subject: x\r\n\r\nbody")
    connection.abort()
    with pytest.raises(ReplyLost):
        connection.release()
    assert smtp_sink.messages == []


@pytest.mark.parametrize(
    ("reply", "permanent"), [("550 5.1.1 nobody here", True), ("451 4.3.0 later", False)]
)
def test_a_refused_recipient_says_so(smtp_sink, reply, permanent):
    smtp_sink.refuse["a@example.org"] = reply
    with pytest.raises(Refused) as refused:
        Mailer(_server(smtp_sink.port), "us@organising.example").send(MAIL)
    assert refused.value.is_permanent is permanent
    assert refused.value.code == int(reply[:3])


def test_one_connection_carries_several(smtp_sink):
    connection = SmtpConnection(_server(smtp_sink.port))
    for number in range(3):
        connection.hold("us@organising.example", "a@example.org", f"Subject: {number}\r\n\r\nbody".encode())
        connection.release()
    connection.close()
    assert [m["Subject"] for m in smtp_sink.messages] == ["0", "1", "2"]


def test_nobody_listening_is_a_refusal_that_may_be_tried_again():
    with pytest.raises(Refused) as refused:
        SmtpConnection(_server(1)).hold("a@example.org", "b@example.org", b"x")
    assert refused.value.code == 0
    assert not refused.value.is_permanent


def test_an_answer_that_never_comes_is_uncertain():
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=_drop_at_the_dot, args=(listener,), daemon=True)
    thread.start()
    connection = SmtpConnection(_server(listener.getsockname()[1]))
    connection.hold("us@organising.example", "a@example.org", b"Subject: x\r\n\r\nbody")
    with pytest.raises(ReplyLost):
        connection.release()
    thread.join(5)
    listener.close()


def _drop_at_the_dot(listener):
    peer, _ = listener.accept()
    with peer, peer.makefile("rb") as lines:
        peer.sendall(b"220 sink\r\n")
        for line in lines:
            verb = line[:4].upper()
            if verb == b"DATA":
                peer.sendall(b"354 go\r\n")
            elif line == b".\r\n":
                return
            elif verb in (b"EHLO", b"MAIL", b"RCPT"):
                peer.sendall(b"250 ok\r\n")
