"""The mail catcher as a process of its own, spoken to by SMTP."""

import asyncio
import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from organising.platform.embedded import DataDirectory
from organising.platform.embedded.catcher import Keeper, MailCatcher, list_caught, read_caught
from organising.platform.supervision import spawn, stop


@pytest.fixture
def catcher(tmp_path: Path) -> Iterator[MailCatcher]:
    with DataDirectory(tmp_path / "var") as directory:
        caught = MailCatcher(directory)
        process = spawn(caught.child(), directory.log_directory)
        try:
            while not caught.is_ready():
                assert process.poll() is None
                time.sleep(0.02)
            yield caught
        finally:
            stop(process, caught.child().stop_signal, 5)
            assert process.returncode == 0
            assert (directory.log_directory / "mail-catcher.log").read_text() == ""


def message(
    subject: str = "Care, don’t share", body: str = "Dear Élan,\n.\n..\nfrom the coalition\n"
) -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Núria <nuria@liberty.example>"
    made["To"] = "elan@parliament.example"
    made["Subject"] = subject
    made.set_content(body)
    made.add_alternative("<p>Dear <b>Élan</b></p><script>alert(1)</script>", subtype="html")
    made.add_attachment(b"\x00\x01", maintype="application", subtype="pdf", filename="brief.pdf")
    return made


def test_a_message_is_kept_whole_and_read_again(catcher: MailCatcher) -> None:
    with smtplib.SMTP("127.0.0.1", catcher.port) as smtp:
        smtp.send_message(
            message(), "bounce@liberty.example", ["elan@parliament.example", "zoe@parliament.example"]
        )
    [listed] = list_caught(catcher.directory)
    assert listed.subject == "Care, don’t share"
    assert listed.sender == "Núria <nuria@liberty.example>"
    assert listed.recipients == ("elan@parliament.example", "zoe@parliament.example")
    assert abs(datetime.now(UTC) - listed.caught_at) < timedelta(seconds=60)
    whole = read_caught(catcher.directory, listed.name)
    assert whole.mail == listed
    assert ("Return-Path", "<bounce@liberty.example>") in whole.headers
    assert whole.text is not None
    assert whole.text.replace("\r\n", "\n") == "Dear Élan,\n.\n..\nfrom the coalition\n"
    assert whole.html is not None
    assert "<script>alert(1)</script>" in whole.html
    assert whole.attachments == ("brief.pdf",)
    assert whole.raw.count(b"\r\n\r\n") >= 1
    assert listed.size == len(whole.raw)


def test_the_answer_names_the_kept_file(catcher: MailCatcher) -> None:
    with smtplib.SMTP("127.0.0.1", catcher.port) as smtp:
        smtp.ehlo()
        smtp.mail("a@b.example")
        smtp.rcpt("c@d.example")
        code, answer = smtp.data(b"Subject: x\r\n\r\ny\r\n")
    [listed] = list_caught(catcher.directory)
    assert (code, answer) == (250, f"2.0.0 Kept as {listed.name}".encode())


def test_speaks_utf8_addresses_and_eight_bits_and_names_its_limit(catcher: MailCatcher) -> None:
    with smtplib.SMTP("127.0.0.1", catcher.port) as smtp:
        smtp.ehlo()
        assert smtp.has_extn("smtputf8")
        assert smtp.has_extn("8bitmime")
        assert smtp.esmtp_features["size"] == str(10 * 1024 * 1024)
        body = "From: ü@ü.example\r\nSubject: grüße\r\n\r\nß\r\n".encode()
        smtp.sendmail("ü@ü.example", ["é@ü.example"], body, mail_options=["SMTPUTF8", "BODY=8BITMIME"])
    [listed] = list_caught(catcher.directory)
    assert (listed.recipients, listed.subject) == (("é@ü.example",), "grüße")


def test_a_message_over_the_limit_is_refused(catcher: MailCatcher) -> None:
    with smtplib.SMTP("127.0.0.1", catcher.port) as smtp, pytest.raises(smtplib.SMTPException):
        smtp.sendmail("a@b.example", ["c@d.example"], b"Subject: x\r\n\r\n" + b"y" * 76 * 140_000)
    assert list_caught(catcher.directory) == []


def test_twenty_connections_wait_at_the_final_dot(catcher: MailCatcher) -> None:
    connections = []
    for number in range(20):
        smtp = smtplib.SMTP("127.0.0.1", catcher.port, timeout=10)
        smtp.ehlo()
        assert smtp.mail("a@b.example")[0] == 250
        assert smtp.rcpt(f"member{number}@parliament.example")[0] == 250
        assert smtp.docmd("DATA")[0] == 354
        smtp.send(f"Subject: {number}\r\n\r\nhello\r\n".encode())
        connections.append(smtp)
    time.sleep(2)
    assert list_caught(catcher.directory) == []
    for smtp in connections:
        smtp.send(b".\r\n")
    assert [smtp.getreply()[0] for smtp in connections] == [250] * 20
    for smtp in connections:
        smtp.close()
    assert {mail.subject for mail in list_caught(catcher.directory)} == {str(number) for number in range(20)}


def test_a_connection_cut_before_the_dot_leaves_nothing(catcher: MailCatcher) -> None:
    smtp = smtplib.SMTP("127.0.0.1", catcher.port)
    smtp.ehlo()
    smtp.mail("a@b.example")
    smtp.rcpt("c@d.example")
    smtp.docmd("DATA")
    smtp.send(b"Subject: half\r\n\r\nhel")
    smtp.close()
    time.sleep(0.2)
    assert list_caught(catcher.directory) == []


def test_listens_on_loopback_only(catcher: MailCatcher) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.2", catcher.port))


def keep(directory: Path, count: int, most: int = 2000) -> list[str]:
    keeper = Keeper(directory, most)
    return [
        keeper.keep("a@b.example", ["c@d.example"], f"Subject: {n}\r\n\r\n{n}".encode()) for n in range(count)
    ]


def test_lists_pages_newest_first(tmp_path: Path) -> None:
    names = keep(tmp_path, 5)
    first = list_caught(tmp_path, limit=2)
    assert [mail.subject for mail in first] == ["4", "3"]
    assert [mail.subject for mail in list_caught(tmp_path, limit=2, before=first[-1].name)] == ["2", "1"]
    assert list_caught(tmp_path, before=names[0]) == []
    assert list_caught(tmp_path / "absent") == []


def test_names_grow_even_when_the_clock_goes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = keep(tmp_path, 3)
    monkeypatch.setattr("organising.platform.embedded.catcher.time.time_ns", lambda: 1)
    names += keep(tmp_path, 3)
    assert names == sorted(names)
    assert len(set(names)) == 6


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    names = keep(tmp_path, 12, most=5)
    assert sorted(mail.name for mail in list_caught(tmp_path)) == names[-5:]
    names += keep(tmp_path, 1, most=5)
    assert sorted(mail.name for mail in list_caught(tmp_path)) == names[-5:]


def test_half_a_file_of_a_killed_catcher_is_never_listed(tmp_path: Path) -> None:
    (tmp_path / ".1234567890123456789.eml.part").write_bytes(b"Subject: half")
    assert list_caught(tmp_path) == []
    keep(tmp_path, 1)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    "name", ["../secrets.json", "1.eml", "x", "", "1234567890123456789.eml", "/etc/passwd"]
)
def test_other_names_are_not_found(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        read_caught(tmp_path, name)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no header at all",
        b"Subject: =?utf-8?b?!!!?=\r\nFrom: <<<>>>\r\n\r\nx",
        b"Subject: \xff\xfe\r\nContent-Type: text/plain; charset=nowhere\r\n\r\n\xff",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\nContent-Type: text/html\r\n\r\n<p>",
        b'From: a@b\r\n\tc: [::1\r\nTo: "\r\nDate: never\r\nMessage-ID: [\r\n\r\nx',
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%",
    ],
)
def test_malformed_messages_are_shown_somehow(tmp_path: Path, raw: bytes) -> None:
    name = Keeper(tmp_path).keep("a@b.example", ["c@d.example"], raw)
    [listed] = list_caught(tmp_path)
    assert listed.recipients == ("c@d.example",)
    assert read_caught(tmp_path, name).raw.endswith(raw)


def test_the_list_survives_files_that_go_while_it_reads(tmp_path: Path) -> None:
    ended = threading.Event()

    def churn() -> None:
        keeper = Keeper(tmp_path, most=5)
        while not ended.is_set():
            keeper.keep("", ["c@d.example"], b"Subject: x\r\n\r\n")

    thread = threading.Thread(target=churn)
    thread.start()
    try:
        for _ in range(200):
            assert len(list_caught(tmp_path)) <= 6
    finally:
        ended.set()
        thread.join()


def test_the_handler_is_what_aiosmtpd_calls(tmp_path: Path) -> None:
    class Envelope:
        mail_from = None
        rcpt_tos = ("c@d.example",)
        content = b"Subject: x\r\n\r\n"

    answer = asyncio.run(Keeper(tmp_path).handle_DATA(None, None, Envelope()))
    assert answer.startswith("250 2.0.0 Kept as ")
