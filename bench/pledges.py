"""Whether the time of an answer tells a first signature from a repeated one: the area under the ROC curve."""

import gc
import random
import time
from collections.abc import Callable, Sequence

from flask import Flask
from flask.testing import FlaskClient

from bench.measure import Result
from organising.pledges.forms import SigningForm
from tests.support.pledges import Owner, open_a_drive
from tests.support.world import World

EACH = 500
PAGE = "/pledge/care-dont-share"
# The goal: no better than chance.
GOAL = 0.55


def timing(app: Flask, owner: Owner) -> list[Result]:
    """AUC of first against repeated, for signing and for asking for the mail again, 500 each in random order.

    ``ratio`` is the AUC (0.5 is chance), told of whichever side is slower; a ratio above 0.55 would tell.
    """
    open_a_drive(World(app))
    client = app.test_client()
    known = [f"known{n}@example.org" for n in range(EACH)]
    for email in known:
        _sign(client, email)
    owner.rows("UPDATE pledge SET state = 'confirmed', confirmed_at = now()")
    new = [f"fresh{n}@example.org" for n in range(EACH)]
    results = [_compare("signing", _sign, client, new, known)]
    strangers = [f"stranger{n}@example.org" for n in range(EACH)]
    results.append(_compare("asking for the mail again", _ask_again, client, strangers, known))
    return results


def _compare(
    work: str,
    send: Callable[[FlaskClient, str], None],
    client: FlaskClient,
    new: Sequence[str],
    known: Sequence[str],
) -> Result:
    order = [(email, False) for email in new] + [(email, True) for email in known]
    random.Random(20261129).shuffle(order)  # noqa: S311
    for email, _known in order[:20]:
        # Warm, under other addresses: what is compiled first is not what is measured.
        send(client, f"warm.{email}")
    taken: dict[bool, list[float]] = {False: [], True: []}
    gc.disable()
    for email, is_known in order:
        gc.collect(0)
        began = time.perf_counter()
        send(client, email)
        taken[is_known].append(time.perf_counter() - began)
    gc.enable()
    found = auc(taken[False], taken[True])
    per_second = [1 / (sum(times) / len(times)) for times in taken.values()]
    told = max(found, 1 - found)
    return Result(
        f"time tells a known address: {work}",
        "0.5 is chance",
        told,
        1.0,
        f"AUC {told:.3f} over {len(new)} each, goal at most {GOAL}; mean {1000 / per_second[0]:.2f} ms new, "
        f"{1000 / per_second[1]:.2f} ms known",
    )


def auc(first: Sequence[float], second: Sequence[float]) -> float:
    """How often one of ``second`` is greater than one of ``first``; equal ones count half."""
    ranked = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    ranks, place = 0.0, 0
    while place < len(ranked):
        end = place
        while end < len(ranked) and ranked[end][0] == ranked[place][0]:
            end += 1
        middle = (place + 1 + end) / 2
        ranks += middle * sum(group for _value, group in ranked[place:end])
        place = end
    n = len(second)
    return (ranks - n * (n + 1) / 2) / (n * len(first))


def _sign(client: FlaskClient, email: str) -> None:
    with client.application.app_context():
        shown = SigningForm.shown_token(time.time() - 30)
    form = {"name": "Ada Invented", "email": email, "postcode": "SW1A 1AA", "shown": shown}
    assert client.post(PAGE, data=form).status_code == 303


def _ask_again(client: FlaskClient, email: str) -> None:
    assert client.post(f"{PAGE}/mail-again", data={"email": email}).status_code == 303
