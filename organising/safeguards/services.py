"""Accepting the agreement, setting a new version of it, and taking something out under one of its clauses."""

from ..platform.actor import Actor
from ..platform.audit import record
from ..platform.db import db
from ..platform.errors import Conflict, Forbidden, Invalid
from ..platform.permissions import Permission
from .models import AgreementAcceptance, AgreementVersion, ExportRecord
from .queries import find_standing, find_version, list_versions
from .terms import CLAUSE_OF, ExportKind, Terms, Version, in_words

# What names people: never more at once than the agreement says.
PEOPLE = (ExportKind.CONTACTS, ExportKind.SIGNERS, ExportKind.ATTENDEES)


class ClauseForbids(Forbidden):
    """The agreement does not allow this; the message names the clause."""

    code = "clause_forbids"


def obeyed_version(actor: Actor) -> Version:
    """The version that holds for the actor's organisation."""
    return find_standing(actor.organisation_id, actor.campaign_id).obeyed


def may_take_out(actor: Actor, kind: ExportKind) -> bool:
    """Whether the agreement lets this actor's role take this out."""
    return actor.role in obeyed_version(actor).terms.takers(kind)


def asks_why(actor: Actor, kind: ExportKind) -> bool:
    """Whether the agreement has this actor say what for."""
    return obeyed_version(actor).terms.asks_why(kind, actor.role)


def record_export(
    actor: Actor, kind: ExportKind, row_count: int, *, what: str = "", reason: str = ""
) -> ExportRecord:
    """Check what the agreement says, and write down that somebody takes something out, under which clause.

    Raises :class:`ClauseForbids`, or :class:`Invalid` where a reason is missing or it is too much at once.
    """
    standing = find_standing(actor.organisation_id, actor.campaign_id)
    version = standing.obeyed
    clause = CLAUSE_OF[kind]
    takers = version.terms.takers(kind)
    if actor.role not in takers:
        raise ClauseForbids(
            f"Clause {clause} of your data agreement ({version.name}) lets {in_words(takers)} take this out, nobody else."
        )
    if version.terms.asks_why(kind, actor.role) and not reason:
        raise Invalid(f"Clause {clause} of your data agreement asks what this is taken out for.")
    if row_count > version.terms.most_rows and kind in PEOPLE:
        raise Invalid(
            f"Clause {clause} of your data agreement allows {version.terms.most_rows:,} at once; these are {row_count:,}. "
            "Narrow the list, then take it out in parts."
        )
    kept = ExportRecord(
        user_id=actor.user_id,
        kind=kind,
        what=what or kind,
        row_count=row_count,
        reason=reason,
        clause=clause,
        version=version.number,
        is_accepted=standing.accepted is not None,
    )
    db.session.add(kept)
    return kept


def accept_agreement(actor: Actor, number: int, digest: str) -> AgreementAcceptance:
    """Say yes to a version as it was shown. Raises :class:`Conflict` where a newer one stands by now."""
    actor.check(Permission.AGREEMENT_ACCEPT)
    if actor.campaign_id is None:
        raise Forbidden("Your organisation takes part in no campaign.")
    standing = find_standing(actor.organisation_id, actor.campaign_id)
    newest = standing.newest
    if number != newest.number or digest != newest.digest:
        raise Conflict("Meanwhile there is a newer version. Read that one.")
    if standing.is_current:
        raise Conflict("Your organisation has accepted this version already.")
    kept = AgreementAcceptance(
        campaign_id=actor.campaign_id,
        author_label=actor.author_label,
        version=newest.number,
        name=newest.name,
        digest=newest.digest,
    )
    db.session.add(kept)
    record(actor, "agreement.accepted", "agreement", version=newest.number, digest=newest.digest[:16])
    return kept


def set_version(actor: Actor, name: str, note: str, terms: Terms) -> Version:
    """The lead's next version; every partner is asked again. Raises :class:`Conflict` where nothing is new."""
    actor.check(Permission.CAMPAIGN_EDIT)
    if actor.campaign_id is None:
        raise Forbidden("Your organisation takes part in no campaign.")
    newest = list_versions(actor.campaign_id)[0]
    if terms == newest.terms:
        raise Conflict("Nothing in it differs from the version that stands.")
    number = newest.number + 1
    db.session.add(
        AgreementVersion(
            campaign_id=actor.campaign_id,
            author_label=actor.author_label,
            number=number,
            name=name,
            note=note,
            terms=terms.kept(),
        )
    )
    db.session.flush()
    record(actor, "agreement.version_set", "agreement", version=number)
    found = find_version(actor.campaign_id, number)
    assert found is not None
    return found
