"""Asking the rights desk, as a person does on the public page and as staff do by hand."""

import re
import time

from sqlalchemy import select

from organising.rights.forms import AskForm
from organising.rights.models import RightsRequest

PAGE = "/your-data/neu"


def asked(app, kind="access", name="Amara Okafor", email="amara@example.org", **given):
    with app.test_request_context():
        shown = AskForm.shown_token(at=1e9) if given.pop("stale", False) else AskForm.shown_token(_past())
    return {"kind": kind, "name": name, "email": email, "words": "All of it, please.", "shown": shown} | given


def _past():
    return time.time() - 30


def link_in(message):
    return re.search(r"http://localhost(/your-data/\S+)", message.get_content()).group(1)


def confirmed(app, client, run_jobs, smtp_sink, **given):
    """Ask on the public page and press yes; the link by which they did."""
    before = len(smtp_sink.messages)
    assert client.post(PAGE, data=asked(app, **given)).status_code == 303
    run_jobs()
    link = link_in(smtp_sink.messages[before])
    assert client.post(link).status_code == 303
    return link


def only_request(world, admin):
    with world.context("neu", admin) as session:
        return session.scalars(select(RightsRequest).order_by(RightsRequest.created_at.desc())).first().id


def opened(browser, kind="access", **given):
    """Write a request down as staff do; its address."""
    data = {"kind": kind, "name": "Amara Okafor", "email": "amara@example.org", "came_by": "post",
            "received_on": "2026-01-05"} | given  # fmt: skip
    answer = browser.post("/rights/new", data=data)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]
