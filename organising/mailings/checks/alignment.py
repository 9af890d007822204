"""Whether receivers can tell that a domain's mail is its own: its DMARC and SPF records, where there is DNS.

Looked up at most once an hour in each process, for at most :data:`PATIENCE_SECONDS` altogether, so that no page waits
longer. What could not be looked up is said so, and asked again after a few minutes.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import dns.exception
import dns.resolver
from flask_babel import lazy_gettext as _l

from .findings import Finding, Group, Page

PATIENCE_SECONDS = 1.5
KEPT_SECONDS, ASK_AGAIN_SECONDS = 3600.0, 300.0
# The tree is walked up to here (DMARCbis): a policy is found at the name itself or above.
MOST_STEPS = 5
# RFC 2606: names for examples, to which no mail goes.
EXAMPLES = ("example", "test", "invalid", "localhost", "local")
STRICTER = ("quarantine", "reject")
# The TXT records of a name; none where it has none. Raises ``LookupFailed``.
Lookup = Callable[[str, float], Sequence[str]]


class LookupFailed(Exception):
    """DNS gave no answer in time, or there is none here."""


@dataclass(frozen=True)
class Domain:
    """What a domain says of its mail. ``policy`` is ``none``, ``quarantine``, ``reject`` or nothing."""

    name: str
    looked_up: bool
    policy: str | None = None
    has_spf: bool = False
    too_many: bool = False


_known: dict[str, tuple[float, Domain]] = {}


def look_up(name: str, lookup: Lookup | None = None) -> Domain:
    """What a domain says, as of at most an hour ago."""
    name = name.lower().rstrip(".")
    kept = _known.get(name)
    if kept and kept[0] > time.monotonic():
        return kept[1]
    found = _ask(name, lookup or _txt)
    _known[name] = (time.monotonic() + (KEPT_SECONDS if found.looked_up else ASK_AGAIN_SECONDS), found)
    return found


def forget() -> None:
    """Ask again at the next look-up."""
    _known.clear()


def check_alignment(sender: str, envelope: str, lookup: Lookup | None = None) -> Iterator[Finding]:
    """How receivers will weigh mail from the domain ``sender``, of which bounces go to the domain ``envelope``."""
    if not sender or sender.rpartition(".")[2] in EXAMPLES:
        return
    domain = look_up(sender, lookup)
    if not domain.looked_up:
        yield _finding(
            "dmarc_unknown",
            _l("It could not be looked up whether %(domain)s has a DMARC record.", domain=sender),
            _l("Ask whoever looks after the domain, or try again in five minutes."),
        )
        return
    yield from _weigh(domain, aligned(sender, envelope))


def _weigh(domain: Domain, is_aligned: bool) -> Iterator[Finding]:
    if domain.too_many:
        yield _finding(
            "dmarc_many",
            _l("%(domain)s has more than one DMARC record, so receivers heed none.", domain=domain.name),
            _l("Ask whoever looks after the domain to leave one."),
        )
    elif domain.policy is None:
        yield _finding(
            "dmarc_none",
            _l("%(domain)s has no DMARC record. Large receivers put such mail aside.", domain=domain.name),
            _l("Ask whoever looks after the domain to publish “v=DMARC1; p=none” at _dmarc.%(domain)s.", domain=domain.name),
        )  # fmt: skip
    elif domain.policy in STRICTER and not is_aligned:
        yield _finding(
            "dmarc_unaligned",
            _l(
                "%(domain)s asks receivers to turn away mail that it did not sign, and bounces go to another domain.",
                domain=domain.name,
            ),
            _l("Make sure that the mail server signs for it (DKIM), and send yourself a test."),
        )
    if not domain.has_spf:
        yield _finding(
            "spf_none",
            _l("%(domain)s does not say which servers may send its mail (SPF).", domain=domain.name),
            _l("Ask whoever looks after the domain to publish an SPF record that names the mail server."),
        )


def aligned(one: str, other: str) -> bool:
    """Whether two domains are the same or one lies within the other."""
    one, other = one.lower().rstrip("."), other.lower().rstrip(".")
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _ask(name: str, lookup: Lookup) -> Domain:
    ends = time.monotonic() + PATIENCE_SECONDS
    try:
        spf = [one for one in lookup(name, ends - time.monotonic()) if one.lower().startswith("v=spf1")]
        labels = name.split(".")
        for at in range(max(1, min(MOST_STEPS, len(labels) - 1))):
            found = _policies(lookup(f"_dmarc.{'.'.join(labels[at:])}", ends - time.monotonic()))
            if found:
                policy = found[0] if len(found) == 1 else None
                return Domain(name, True, policy, bool(spf), len(found) > 1)
    except LookupFailed:
        return Domain(name, False)
    return Domain(name, True, None, bool(spf))


def _policies(records: Sequence[str]) -> list[str]:
    """The policy of each DMARC record among these; what can't be read counts as ``none``."""
    found = []
    for record in records:
        tags = dict(_tag(part) for part in record.split(";"))
        if record.split(";")[0].replace(" ", "").lower() == "v=dmarc1":
            policy = tags.get("p", "none").lower()
            found.append(policy if policy in ("none", *STRICTER) else "none")
    return found


def _tag(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return name.strip().lower(), value.strip()


def _txt(name: str, seconds: float) -> Sequence[str]:
    if seconds <= 0:
        raise LookupFailed(name)
    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=seconds, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (dns.exception.DNSException, OSError):
        raise LookupFailed(name) from None
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def _finding(code: str, words: object, fix: object) -> Finding:
    return Finding(code, Group.SENDER, words, fix, page=Page.SENDERS)
