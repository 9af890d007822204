"""The data-sharing agreement as clauses: words for people, and beside them the numbers and roles that the runtime obeys.

A generic text to begin from, written for this product; no lawyer has seen it. Each version is these clauses with its own
:class:`Terms`, so that what is said and what is done can't drift apart.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from ..platform.permissions import Role

TEMPLATE = 1
TEMPLATE_NAME = "Template of 30 November 2026"
# The law's own: no version can make them longer.
BREACH_HOURS = 72
RIGHTS_DAYS = 30
# Rounder and lower than what one file may hold (platform.pagination).
MOST_ROWS = 50_000
TAKERS = (Role.COORDINATOR, Role.DEPUTY, Role.ADMIN, Role.ORGANISER)


class ExportKind(StrEnum):
    """What is taken out as a file."""

    CONTACTS = "contacts"
    SIGNERS = "signers"
    ATTENDEES = "attendees"
    AUDIT = "audit"
    SHARED = "shared"
    TOTALS = "totals"
    LEAVING = "leaving"


# Which clause each kind of export rests on.
CLAUSE_OF = {
    ExportKind.CONTACTS: "4.1",
    ExportKind.SIGNERS: "4.2",
    # Those who signed up for an event are taken out as contacts are.
    ExportKind.ATTENDEES: "4.1",
    ExportKind.AUDIT: "4.3",
    ExportKind.SHARED: "4.4",
    ExportKind.TOTALS: "4.4",
    ExportKind.LEAVING: "9.1",
}


@dataclass(frozen=True)
class Terms:
    """What a version sets. Roles that may take people out, who says why, how much at most, how long at most."""

    contacts_by: tuple[Role, ...] = TAKERS
    contacts_reason_by: tuple[Role, ...] = (Role.DEPUTY, Role.ORGANISER)
    signers_by: tuple[Role, ...] = (Role.COORDINATOR, Role.ADMIN)
    most_rows: int = MOST_ROWS
    contacts_months: int = 72
    breach_partner_hours: int = 24

    @classmethod
    def read(cls, kept: dict[str, Any]) -> "Terms":
        """From what a version row holds; what it does not name is the template's."""
        roles = ("contacts_by", "contacts_reason_by", "signers_by")
        known: dict[str, Any] = {
            name: tuple(Role(one) for one in value) if name in roles else int(value)
            for name, value in kept.items()
            if name in cls.__dataclass_fields__
        }
        return replace(cls(), **known)

    def kept(self) -> dict[str, Any]:
        """As a version row holds it."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}

    def takers(self, kind: ExportKind) -> tuple[Role, ...]:
        """The roles to which this kind of export is open."""
        admins = (Role.COORDINATOR, Role.ADMIN)
        return {
            ExportKind.CONTACTS: self.contacts_by,
            ExportKind.SIGNERS: self.signers_by,
            ExportKind.ATTENDEES: self.contacts_by,
            ExportKind.AUDIT: admins,
            ExportKind.LEAVING: admins,
        }.get(kind, tuple(Role))

    def asks_why(self, kind: ExportKind, role: Role | None) -> bool:
        """Whether this role says what it takes them out for."""
        return kind in (ExportKind.CONTACTS, ExportKind.ATTENDEES) and role in self.contacts_reason_by


@dataclass(frozen=True)
class Clause:
    """One clause. ``obeyed``: in plain words, what the product itself holds to; empty where people have to."""

    code: str
    title: str
    text: str
    obeyed: str = ""


@dataclass(frozen=True)
class Version:
    """One version of the agreement, whole."""

    number: int
    name: str
    terms: Terms
    note: str = ""

    @property
    def clauses(self) -> tuple[Clause, ...]:
        return clauses(self.terms)

    @property
    def digest(self) -> str:
        """Of every word and number in it: what was accepted can be told from what was not."""
        said = [[one.code, one.title, one.text] for one in self.clauses]
        whole = json.dumps([said, self.terms.kept()], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(whole.encode()).hexdigest()

    def clause(self, code: str) -> Clause:
        """The clause of this number."""
        return next(one for one in self.clauses if one.code == code)


FIRST = Version(TEMPLATE, TEMPLATE_NAME, Terms())

_ROLE_WORDS = {
    Role.COORDINATOR: "the coordinator", Role.DEPUTY: "deputies", Role.ADMIN: "admins", Role.ORGANISER: "organisers",
    Role.OFFICER: "branch officers", Role.ANALYST: "analysts",
}  # fmt: skip


def in_words(roles: tuple[Role, ...]) -> str:
    """Roles as a sentence lists them."""
    named = [_ROLE_WORDS[role] for role in Role if role in roles]
    if not named:
        return "nobody"
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"


def _reasons(roles: tuple[Role, ...]) -> str:
    if not roles:
        return "No reason has to be given."
    return f"What for is said each time by {in_words(roles)}."


def clauses(terms: Terms) -> tuple[Clause, ...]:
    """The agreement's clauses with the numbers and roles of one version."""
    return (
        Clause("1.1", "Each for its own people", "Each partner decides alone why and how it keeps its own contacts and signers, "
               "and is their controller. Partners are no joint controllers of them.",
               "No partner’s role, the lead’s included, reads another partner’s people: the database refuses it."),
        Clause("1.2", "What partners share", "Headlines, positions, targets, actions, asks, texts and totals are shared by all "
               "partners. They name people in public office and nobody else.",
               "Notes, contacts and signers are in no shared table."),
        Clause("2.1", "Purposes", "People’s details are used to run this campaign and for what each person agreed to, and for nothing "
               "else. They are never sold, and never used to check anybody’s right to be here.",
               "Each consent is kept with its purpose, channel, exact words and day. There is no field for immigration status."),
        Clause("2.2", "Special categories", "A signature tells of an opinion, and a union’s list of membership. Both are kept only with "
               "explicit consent, and a union’s membership data never leaves the union.",
               "Without that consent the database keeps no such fact, and none is in an export."),
        Clause("3.1", "One person, one partner’s consent", "A person’s details go to a second partner only where the person ticked a box "
               "that names this partner, or agreed to be introduced to it.",
               "A signature is written once for each partner whose box was ticked, and encrypted for that partner."),
        Clause("4.1", "Taking contacts out", f"Contacts are taken out as a file by {in_words(terms.contacts_by)} of the partner that "
               f"keeps them, at most {terms.most_rows:,} at once. {_reasons(terms.contacts_reason_by)}",
               "Others are refused, longer lists too, and every file is in the exports log with who, when, how many and why."),
        Clause("4.2", "Taking signers out", f"Signers are taken out as a file by {in_words(terms.signers_by)} of the partner that "
               f"keeps them, at most {terms.most_rows:,} at once.", "As in 4.1."),
        Clause("4.3", "Taking the audit log out", "The audit log is taken out by admins and the coordinator. It names no supporter.",
               "As in 4.1."),
        Clause("4.4", "Taking out what is shared", "What every partner may read, and totals, may be taken out by anybody who may read it "
               "here. A total under ten is not told.", "As in 4.1."),
        Clause("4.5", "After a file was taken out", "Who takes a file out keeps it on an encrypted device, uses it for what it was "
               "taken out for, passes it to nobody, and deletes it when done."),
        Clause("5.1", "Unconfirmed signatures", "A signature or letter that nobody confirms is erased after 14 days at the latest.",
               "It is erased by then."),
        Clause("5.2", "Signers who want no news", "Contact details of signers who want no news go 30 days after "
               "signing at the latest. They stay counted.", "They are removed by then."),
        Clause("5.3", "Contacts without contact", "A contact who agreed to nothing, and with whom nobody was in touch, is kept for "
               f"{terms.contacts_months} months at most.", "Nobody can set a longer time, and they go by themselves."),
        Clause("6.1", "Second factor", "Everybody whose role sees people signs in with a second factor.",
               "Without it the partner stays in practice mode."),
        Clause("6.2", "Breaches", f"Who notices a breach opens the breach desk at once. Partners concerned hear of it within "
               f"{terms.breach_partner_hours} hours, the Information Commissioner within {BREACH_HOURS} hours where there is a risk.",
               "The desk counts the hours from when it was noticed."),
        Clause("7.1", "Requests by authorities", "No partner gives people’s details to an authority unless the law compels it. "
               "Each request is refused until two people of the partner concerned have said that this one has to be answered; "
               "it concerns one named person; and the person is told unless the law forbids that.",
               "The register refuses by default, takes one person a request, and wants two different approvers. "
               "There is no way to answer for many at once. Its counts are public."),
        Clause("8.1", "People’s rights", f"Access, correction, erasure and objection are answered by the partner that keeps the person, "
               f"within {RIGHTS_DAYS} days. A no to mail through any partner’s link is a no for that partner at once."),
        Clause("9.1", "Leaving", "A partner may leave at any time, and takes all that is its own with it as a file.",
               "The file holds every row of the partner’s own tables, opened."),
        Clause("9.2", "After leaving", "Once it has its file, the people it kept are erased here and its key is destroyed. Anonymous totals and "
               "what was shared stay.", "The receipt says how many rows were handed over and erased."),
    )  # fmt: skip
