"""DMARC and SPF of the sender's domain, with a resolver that answers what a test says."""

from collections.abc import Iterator, Sequence

import dns.resolver
import pytest

from organising.mailings.checks import alignment
from organising.mailings.checks.alignment import LookupFailed, aligned, check_alignment, look_up

SPF = "v=spf1 include:relay.example.net -all"


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    alignment.forget()
    yield
    alignment.forget()


class Zone:
    """Answers TXT records by name, and counts the questions."""

    def __init__(self, **records: str | list[str]) -> None:
        self.records = {
            name.replace("__", ".").replace("dmarc", "_dmarc"): value for name, value in records.items()
        }
        self.asked: list[str] = []

    def __call__(self, name: str, seconds: float) -> Sequence[str]:
        self.asked.append(name)
        assert 0 < seconds <= alignment.PATIENCE_SECONDS
        found = self.records.get(name, [])
        return [found] if isinstance(found, str) else found


def codes(zone: Zone, sender: str = "neu.org", envelope: str = "neu.org") -> list[str]:
    return [one.code for one in check_alignment(sender, envelope, zone)]


def test_a_domain_in_order_has_nothing_to_say_about() -> None:
    assert codes(Zone(neu__org=SPF, dmarc__neu__org="v=DMARC1; p=reject")) == []


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        (Zone(neu__org=SPF), ["dmarc_none"]),
        (Zone(), ["dmarc_none", "spf_none"]),
        (Zone(neu__org="google-site-verification=1", dmarc__neu__org="v=DMARC1;p=none"), ["spf_none"]),
        (Zone(neu__org=SPF, dmarc__neu__org="v=DMARC2; p=none"), ["dmarc_none"]),
        (Zone(neu__org=SPF, dmarc__neu__org=["v=DMARC1; p=none", "v=DMARC1; p=reject"]), ["dmarc_many"]),
        (Zone(neu__org=SPF, dmarc__neu__org="v=DMARC1; p=nonsense"), []),
        (Zone(neu__org=SPF, dmarc__neu__org=" V = dmarc1 ; P = None "), []),
    ],
)
def test_what_is_missing_is_told(zone: Zone, told: list[str]) -> None:
    assert codes(zone) == told


def test_a_strict_policy_with_bounces_elsewhere_is_told() -> None:
    zone = Zone(neu__org=SPF, dmarc__neu__org="v=DMARC1; p=quarantine")
    assert codes(zone, envelope="bounces.relay.net") == ["dmarc_unaligned"]
    assert codes(zone, envelope="bounces.neu.org") == []


def test_the_policy_of_the_domain_above_counts() -> None:
    zone = Zone(mail__neu__org=SPF, dmarc__neu__org="v=DMARC1; p=reject")
    assert codes(zone, "mail.neu.org", "mail.neu.org") == []
    assert zone.asked == ["mail.neu.org", "_dmarc.mail.neu.org", "_dmarc.neu.org"]
    assert "_dmarc.org" not in zone.asked


def test_it_is_asked_once_an_hour_and_a_failure_again_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    zone = Zone(neu__org=SPF, dmarc__neu__org="v=DMARC1; p=none")
    for _ in range(3):
        codes(zone)
    assert len(zone.asked) == 2

    def gone(name: str, seconds: float) -> Sequence[str]:
        raise LookupFailed(name)

    moment = alignment.time.monotonic()
    monkeypatch.setattr(alignment.time, "monotonic", lambda: moment)
    assert not look_up("praxis.org", gone).looked_up
    assert not look_up("praxis.org", Zone()).looked_up
    monkeypatch.setattr(alignment.time, "monotonic", lambda: moment + alignment.ASK_AGAIN_SECONDS + 1)
    assert look_up("praxis.org", Zone()).looked_up


def test_without_dns_it_says_so() -> None:
    def gone(name: str, seconds: float) -> Sequence[str]:
        raise LookupFailed(name)

    (found,) = check_alignment("neu.org", "neu.org", gone)
    assert found.code == "dmarc_unknown"
    assert not found.stops
    assert "could not be looked up" in str(found.words)


def test_the_real_resolver_gives_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []

    def slow(name: str, kind: str, *, lifetime: float, search: bool) -> None:
        given.append(lifetime)
        raise dns.resolver.LifetimeTimeout(timeout=lifetime, errors=[])

    monkeypatch.setattr(dns.resolver, "resolve", slow)
    assert [one.code for one in check_alignment("neu.org", "neu.org")] == ["dmarc_unknown"]
    assert len(given) == 1
    assert given[0] <= alignment.PATIENCE_SECONDS < 2


@pytest.mark.parametrize("name", ["organising.example", "neu.test", "localhost", "x.localhost", "a.invalid"])
def test_names_for_examples_are_asked_of_nobody(name: str) -> None:
    zone = Zone()
    assert codes(zone, name, name) == []
    assert zone.asked == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("neu.org", "neu.org", True),
        ("a.neu.org", "NEU.org.", True),
        ("neu.org", "a.neu.org", True),
        ("neu.org", "xneu.org", False),
    ],
)
def test_alignment(one: str, other: str, same: bool) -> None:
    assert aligned(one, other) is same
