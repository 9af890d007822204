"""Links: whole, safe, open about where they lead, and telling nobody who followed them.

What is allowed, and what is not:

- A link to any public web address is allowed, whoever's it is. There is no list of good sites.
- Shorteners and click counters are not: they hide where a link leads, and tell a third party who followed it.
  :data:`SHORTENERS` and :data:`COUNTERS` name those in use; a site's own redirects can't be told from its pages.
- Parameters by which one reader is known again (:data:`TELLS_ONE`) are not, on any site, one's own included.
- ``utm_`` parameters tell a campaign from another and nobody from another. They are to be known, and don't stop.
- A merge field within a link is not: it tells the site who followed it, and a space in its value breaks it.
"""

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qsl, urlsplit

from flask_babel import lazy_gettext as _l

from .findings import Finding, Group, Place, Severity, place_in

FIELD = re.compile(r"\{\{[^{}\n]{0,300}\}\}")
# A field may stand in a link, with spaces of its own.
FOUND = re.compile(
    r"\b(?:[a-z][a-z0-9+.-]{1,14}://?|www\.)(?:\{\{[^{}\n]{0,300}\}\}|[^\s<>\"“”])+", re.IGNORECASE
)
MARKED_UP = re.compile(r"\[[^\]\n]{1,200}\]\(\s*(?:https?:|www\.)[^)\s]*\s*\)", re.IGNORECASE)
VAGUE = re.compile(r"\b(?:click|press|tap)\s+(?:here|this|below|on the link)\b", re.IGNORECASE)
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
LONGEST, MOST = 200, 5
# Names that no public server answers to.
NOT_PUBLIC = ("localhost", "local", "internal", "lan", "home", "invalid", "test")
SHORTENERS = frozenset((
    "bit.ly", "bitly.com", "tinyurl.com", "t.co", "goo.gl", "ow.ly", "buff.ly", "is.gd", "v.gd", "rb.gy",
    "rebrand.ly", "cutt.ly", "shorturl.at", "tiny.cc", "lnkd.in", "trib.al", "dlvr.it", "ift.tt",
    "bl.ink", "short.io", "t.ly", "s.id", "qr.ae", "adf.ly", "soo.gd", "shorte.st", "fb.me", "wp.me",
))  # fmt: skip
COUNTERS = (
    "list-manage.com", "mailchi.mp", "sendgrid.net", "mandrillapp.com", "mailgun.org", "sendibt2.com", "sendibm1.com",
    "hubspotlinks.com", "hubspotemail.net", "cmail19.com", "cmail20.com", "createsend1.com", "mjt.lu", "rs6.net",
    "exacttarget.com", "mkt.com", "safelinks.protection.outlook.com", "urldefense.com", "urldefense.proofpoint.com",
    "doubleclick.net", "googleadservices.com", "l.facebook.com", "lm.facebook.com", "l.instagram.com", "awstrack.me",
    "emltrk.com", "click.actionnetwork.org", "clicks.mlsend.com", "linkprotect.cudasvc.com", "engagingnetworks.link",
)  # fmt: skip
TELLS_ONE = frozenset((
    "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid", "igshid",
    "li_fat_id", "mc_eid", "mkt_tok", "_hsenc", "_hsmi", "vero_id", "oly_enc_id", "oly_anon_id", "__s",
    "rb_clickid", "s_cid", "wickedid", "ml_subscriber", "ml_subscriber_hash", "bsft_uid",
    "ck_subscriber_id", "email", "e_mail", "recipient", "recipient_id", "subscriber", "subscriber_id",
    "contact_id",
))  # fmt: skip
TELLS_CAMPAIGN = ("utm_", "mc_cid", "pk_", "mtm_", "ns_")


def check_links(subject: str, body: str) -> Iterator[Finding]:
    """Everything about the links of a mailing's texts, as they were written."""
    for found in FOUND.finditer(subject):
        yield _finding(
            "link_in_subject",
            _l("The subject holds a link. Filters take that for advertising."),
            _l("Take it out of the subject."),
            place_in(subject, *found.span(), subject=True),
        )
    links = [(_trimmed(found), found.start()) for found in FOUND.finditer(body)]
    for link, start in links:
        yield from _check_link(link, place_in(body, start, start + len(link)))
    if len(links) > MOST:
        yield _finding(
            "many_links",
            _l("There are %(number)d links. Many links look like advertising.", number=len(links)),
            _l("Keep the one or two that matter."),
        )
    yield from _check_words(body)


def _check_words(body: str) -> Iterator[Finding]:
    for found in MARKED_UP.finditer(body):
        yield _finding(
            "link_marked_up",
            _l("Brackets around a link are sent as they are typed."),
            _l("Write what it leads to, a colon, and the address."),
            place_in(body, *found.span()),
        )
    for found in VAGUE.finditer(body):
        yield _finding(
            "link_vague",
            _l("“%(words)s” does not say what the link leads to, and a screen reader reads it alone.", words=found.group()),
            _l("Name what is there, such as “Our briefing: https://…”."),
            place_in(body, *found.span()),
        )  # fmt: skip


def _check_link(link: str, place: Place) -> Iterator[Finding]:
    if FIELD.search(link):
        yield _finding(
            "link_field",
            _l(
                "A link holds a merge field. It would tell the site who followed it, and a space would break it."
            ),
            _l("Write the same address for everyone."),
            place,
            stops=True,
        )
        return
    broken = why_broken(link)
    if broken is not None:
        yield _finding("link_broken", broken, _l("Copy the address from a browser and put it in again."), place, stops=True)  # fmt: skip
        return
    if link.lower().startswith("www."):
        yield _finding(
            "link_bare",
            _l("Without “https://” in front, some mail programs show this as plain words."),
            _l("Write https://%(link)s.", link=link),
            place,
        )
        return
    yield from _check_whole(link, urlsplit(link), place)


def _check_whole(link: str, parts: SplitResult, place: Place) -> Iterator[Finding]:
    host = (parts.hostname or "").lower()
    if parts.scheme.lower() == "http":
        yield _finding(
            "link_http",
            _l("“http://” is not secure, and a mail program may warn of it."),
            _l("Write https:// if the site answers there."),
            place,
        )
    if host.removeprefix("www.") in SHORTENERS:
        yield _finding(
            "link_shortener",
            _l("%(host)s hides where the link leads, and counts who follows it.", host=host),
            _l("Open it, and put in the address that it leads to."),
            place,
            stops=True,
        )
    elif any(host == one or host.endswith(f".{one}") for one in COUNTERS):
        yield _finding(
            "link_tracker",
            _l("%(host)s counts who follows the link, and passes it on.", host=host),
            _l("Open it, and put in the address that it leads to."),
            place,
            stops=True,
        )
    yield from _check_parameters(parts, place)
    if len(link) > LONGEST:
        yield _finding("link_long", _l("A link of %(number)d characters may break across lines.", number=len(link)), _l("Take off what it works without."), place)  # fmt: skip
    if host.startswith("xn--") or ".xn--" in host or not host.isascii():
        yield _finding("link_letters", _l("The address holds letters that look like others, so a reader may distrust it."), _l("Check it letter by letter."), place)  # fmt: skip


def _check_parameters(parts: SplitResult, place: Place) -> Iterator[Finding]:
    names = {name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    tells = sorted(names & TELLS_ONE)
    if tells:
        yield _finding(
            "link_tells_who",
            _l("“%(names)s” in the link can tell who followed it.", names=", ".join(tells)),
            _l("Take it off: the link works without."),
            place,
            stops=True,
        )
    campaign = sorted(name for name in names if name.startswith(TELLS_CAMPAIGN))
    if campaign:
        yield _finding(
            "link_campaign",
            _l("“%(names)s” counts the visits that this mailing brings. Readers notice it.", names=", ".join(campaign)),
            _l("Take it off, unless somebody looks at the number."),
            place,
        )  # fmt: skip


def why_broken(link: str) -> object | None:
    """Why an address can't lead anywhere for a reader, or ``None``."""
    whole = f"https://{link}" if link.lower().startswith("www.") else link
    try:
        parts = urlsplit(whole)
        host, _ = (parts.hostname or "").lower().rstrip("."), parts.port
    except ValueError:
        return _l("This address can’t be read.")
    if parts.scheme.lower() not in ("http", "https"):
        return _l("“%(scheme)s:” is no web address.", scheme=parts.scheme)
    if "://" not in whole:
        return _l("After “%(scheme)s:” two slashes are missing.", scheme=parts.scheme)
    if parts.username or parts.password:
        return _l("The address holds a name or a password before the “@”.")
    if re.search(r"%(?![0-9a-f]{2})", parts.path + parts.query, re.IGNORECASE) or "\\" in link:
        return _l("The address holds a sign that browsers read in different ways.")
    return None if _is_public(host) else _l("No public site has this name: “%(host)s”.", host=host)


def _is_public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_global
    except ValueError:
        pass
    try:
        labels = host.encode("idna").decode().split(".")
    except UnicodeError:
        return False
    named = len(labels) > 1 and all(LABEL.fullmatch(label) for label in labels)
    return named and not labels[-1].isdigit() and len(labels[-1]) > 1 and labels[-1] not in NOT_PUBLIC


def _trimmed(found: re.Match[str]) -> str:
    """The link without what ends the sentence around it, as the letter's HTML makes it."""
    link = found.group().rstrip(".,;:!?’'*_")
    if link.endswith(")") and link.count("(") < link.count(")"):
        link = link.rstrip(".,;:!?)")
    return link


def _finding(
    code: str, words: object, fix: object, place: Place | None = None, *, stops: bool = False
) -> Finding:
    severity = Severity.STOPS if stops else Severity.TO_KNOW
    return Finding(code, Group.LINKS, words, fix, severity, place)
