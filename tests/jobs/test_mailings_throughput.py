"""How fast a mailing leaves, the whole product through one worker, beside plain smtplib. Figures,
no limits.
"""

import smtplib
import time

import pytest
from flask import Flask

from tests.support.mail import GatedSink
from tests.support.mailings import Campaigners, WorkerProcess, eventually, seat_members
from tests.support.world import World

MEMBERS = 650


@pytest.mark.slow
def test_throughput_of_650_messages(
    app: Flask,
    world: World,
    smtp_sink: GatedSink,
    environment: dict[str, str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    seat_members(app, MEMBERS)
    people = Campaigners.at(world)
    mailing = people.sending()
    began = time.monotonic()
    worker = WorkerProcess(environment, lease_seconds=120)
    assert eventually(lambda: bool(smtp_sink.messages), 60, 0.001)
    first = time.monotonic()
    assert eventually(lambda: len(smtp_sink.messages) == MEMBERS, 120, 0.001)
    last = time.monotonic()
    assert eventually(lambda: people.state(mailing) == "closed")
    worker.kill()
    content = smtp_sink.messages[0].as_bytes()
    smtp = smtplib.SMTP("127.0.0.1", smtp_sink.port)
    plain = time.monotonic()
    for _ in range(MEMBERS):
        smtp.sendmail("a@a.example", ["b@b.example"], content)
    plain_took = time.monotonic() - plain
    smtp.quit()
    with capsys.disabled():
        took = last - first
        print(f"\n{MEMBERS} messages in {took:.2f} s, {MEMBERS / took:.0f}/s")
        print(f"{first - began:.2f} s to the first; smtplib with prebuilt bytes {plain_took:.2f} s")
        print(f"ratio {plain_took / took:.2f}")
    assert people.counts(mailing) == {"accepted": MEMBERS}
