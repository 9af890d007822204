"""Erasing a person from everything that an organisation holds, and erasing them again after a backup was restored."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from organising.contacts.held import LOOKED_AT
from organising.contacts.models import ContactImport
from organising.mailings.models import SuppressedFor, Suppression
from organising.mailings.services.suppressions import hash_address
from organising.platform.actor import Actor
from organising.platform.audit import record
from organising.platform.clock import now
from organising.platform.db import db, find, get_or_404, new_id
from organising.platform.erasures import ErasedKey, Erasure, name_key
from organising.platform.errors import Conflict, NotFound
from organising.platform.locks import take_turns
from organising.platform.people import Item, Section, Subject, erase_all, find_all
from organising.platform.permissions import Permission
from organising.platform.queue import each_organisation
from organising.platform.retention import RetentionHold, standing_holds
from organising.platform.sealing import blind_index
from organising.platform.tenancy import Context, use_context
from organising.platform.ui import longdate
from organising.representatives.names import fold
from organising.rights.models import MailKind, RequestKind, RequestState, RightsRequest
from organising.rights.services import ledger, requests
from organising.rights.services.documents import Document
from organising.rights.services.ledger import Line
from organising.rights.services.subjects import subject_of


@dataclass
class Replayed:
    """What repeating the ledger did: erasures known, those not in the database before, and rows taken away again."""

    erasures: int = 0
    missing: int = 0
    rows: int = 0

    def __int__(self) -> int:
        """How many people were looked for."""
        return self.erasures


def set_by_name(actor: Actor, request_id: UUID, by_name: bool) -> RightsRequest:
    """Say whether what bears their name at their postcode is theirs too, though no address says so."""
    request = requests.open_for_work(actor, request_id)
    request.by_name = by_name
    return request


def erase_person(actor: Actor, request_id: UUID) -> Erasure:
    """Erase whom an erasure request is about, and close it. Their receipt goes to the address that they gave.

    Raises :class:`Conflict` before anybody knows who they are, or while a file that names them is being written.
    """
    request = requests.open_for_work(actor, request_id)
    if request.kind != RequestKind.ERASURE:
        raise Conflict(_("This request is about something else."))
    requests.need_identity(request)
    subject = subject_of(actor, request)
    found = find_all(actor, subject)
    _no_hold(subject)
    _no_file_under_way(found)
    address, language = request.email, request.language
    erasure = _note(actor, subject, found)
    erasure.counts = erase_all(actor, found)
    request.end(RequestState.DONE, now())
    request.forget(now())
    request.erasure_id, request.language = erasure.id, language
    record(
        actor,
        "person.erased",
        "erasure",
        erasure.id,
        number=erasure.number,
        rows=sum(erasure.counts.values()),
    )
    db.session.flush()
    if address:
        requests.write(request, MailKind.ERASED, address=address)
    # The mail has its own language by now.
    request.language = None
    return erasure


def _no_hold(subject: Subject) -> None:
    held = select(RetentionHold.id).where(
        *standing_holds(), RetentionHold.contact_id.in_(list(subject.contact_ids))
    )
    if db.session.scalar(held.limit(1)) is not None:
        raise Conflict(
            _(
                "A hold keeps them: somebody said why the law asks for it. Refuse with that reason, or release the hold."
            )
        )


def _no_file_under_way(found: Mapping[str, Mapping[str, frozenset[UUID]]]) -> None:
    files = found.get("contacts", {}).get("contact_import", frozenset())
    running = select(ContactImport.id).where(
        ContactImport.id.in_(files), ContactImport.state.not_in(LOOKED_AT)
    )
    if db.session.scalar(running.limit(1)) is not None:
        raise Conflict(
            _("A file that names them is half written. Finish it or undo it under Contacts, then try again.")
        )


def _note(actor: Actor, subject: Subject, found: Mapping[str, Mapping[str, frozenset[UUID]]]) -> Erasure:
    """Write the ledger: which rows, and the keyed hashes by which an import recognises them."""
    take_turns("erasures", actor.organisation_id)
    erasure = Erasure(
        organisation_id=actor.organisation_id,
        id=new_id(),
        number=_next_number(),
        author_label=actor.author_label,
        counts={},
    )
    db.session.add(erasure)
    db.session.flush()
    ledger.add_rows(erasure, {name: dict(tables) for name, tables in found.items()})
    for kind, key, hashed in _keys(subject):
        _add_key(erasure, kind, key, hashed)
        if hashed is not None:
            _suppress(erasure, key, hashed)
    db.session.flush()
    return erasure


def _next_number() -> int:
    return (db.session.scalar(select(func.max(Erasure.number))) or 0) + 1


def _keys(subject: Subject) -> Iterator[tuple[str, bytes, bytes | None]]:
    for email in sorted(subject.emails):
        yield "email", blind_index(subject.organisation_id, "email", email), hash_address(email)
    for phone in sorted(subject.phones):
        yield "phone", blind_index(subject.organisation_id, "phone", phone), None
    pairs = {(fold(name) or name, postcode) for name in subject.names for postcode in subject.postcodes}
    for name, postcode in sorted(pairs):
        yield "name", name_key(subject.organisation_id, name, postcode), None


def _add_key(erasure: Erasure, kind: str, key: bytes, hashed: bytes | None) -> None:
    db.session.add(
        ErasedKey(
            organisation_id=erasure.organisation_id,
            created_at=erasure.created_at or now(),
            erasure_id=erasure.id,
            kind=kind,
            key=key,
            address_hash=hashed,
        )
    )


def _suppress(erasure: Erasure, key: bytes, hashed: bytes) -> None:
    """Not written to any more: a hash that outlives the address."""
    row = insert(Suppression).values(
        organisation_id=erasure.organisation_id,
        id=new_id(),
        address_hash=hashed,
        email_key=key,
        reason=SuppressedFor.ERASED,
        suppressed_at=erasure.created_at or now(),
    )
    db.session.execute(
        row.on_conflict_do_nothing(index_elements=["organisation_id", "address_hash", "reason"])
    )


def get_receipt(actor: Actor, erasure_id: UUID) -> Document:
    """What was erased, by kind and number. It names nobody, and so may be kept. Raises :class:`NotFound`."""
    actor.check(Permission.RIGHTS_DESK)
    return receipt_of(actor, get_or_404(Erasure, erasure_id))


def receipt_of(actor: Actor, erasure: Erasure) -> Document:
    """The receipt of one erasure."""
    facts = tuple((table.replace("_", " "), str(number)) for table, number in sorted(erasure.counts.items()))
    intro = (
        _("On %(day)s everything that %(name)s held of one person was erased at their request.", day=longdate(erasure.created_at), name=actor.organisation_name),
        _("What stays: keyed hashes of their addresses, numbers and name, which can’t be read back, so that an import does not bring them back and nobody writes to them; the number of this erasure; and that things were done, by row number and without words."),
        _("Backups hold them until they are overwritten. Whenever one is restored, this erasure is repeated before anybody works with it."),
    )  # fmt: skip
    number = _("Erasure %(number)s", number=erasure.number)
    item = Item(f"erasure:{erasure.id}", number, facts, erasure.created_at)
    return Document(
        _("Receipt of an erasure"),
        actor.organisation_name,
        now(),
        intro,
        [Section(_("Rows by kind"), (item,))],
    )


def find_erasure(erasure_id: UUID | None) -> Erasure:
    """One of the organisation's erasures. Raises :class:`NotFound`."""
    erasure = find(Erasure, erasure_id) if erasure_id else None
    if erasure is None:
        raise NotFound
    return erasure


def keep_ledger() -> int:
    """Write beside the database what of it is not there yet, for every organisation; answers how many lines."""
    kept = 0
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)) as session:
            unkept = ledger.list_unkept()
            if unkept:
                ledger.append([ledger.line_of(one) for one in unkept])
                for one in unkept:
                    one.kept_at = now()
            session.commit()
            kept += len(unkept)
    return kept


def replay_erasures(files: Iterable[Path] = (), *, dry_run: bool = False) -> Replayed:
    """Erase again whoever the ledger says was erased: after a restore, before anybody works with the database.

    Reads the ledger beside the database, further ``files``, and what the database itself still knows. Running it twice
    changes nothing. Raises :class:`ledger.BadLine` before anything is done where a line is not this installation's.
    """
    lines: dict[UUID, Line] = {}
    own = ledger.ledger_path()
    for path in ([own] if own.exists() else []) + list(files):
        lines |= {line.id: line for line in ledger.read_file(path)}
    done = Replayed()
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)) as session:
            known = {line.id: line for line in ledger.list_lines()}
            theirs = {one.id: one for one in lines.values() if one.organisation_id == organisation_id}
            for line in sorted((theirs | known).values(), key=lambda one: (one.at, one.id)):
                _replay(Actor.system(organisation_id), line, done, is_known=line.id in known)
            if dry_run:
                session.rollback()
            else:
                session.commit()
    return done


def _replay(actor: Actor, line: Line, done: Replayed, *, is_known: bool) -> None:
    """Repeat one: the rows that it was of, and whatever else stands under its keys. It is written down where it is missing."""
    done.erasures += 1
    subject = Subject(
        actor.organisation_id,
        contact_ids=line.rows.get("contacts", {}).get("contact", frozenset()),
        keys=frozenset(key for kind, key, _hashed in line.keys if kind != "name"),
    )
    erased = erase_all(actor, _joined(line, _from_before(actor, subject, line)))
    done.rows += sum(erased.values())
    if not is_known:
        done.missing += 1
        _write_down(line)
    for kind, key, hashed in line.keys:
        if kind == "email" and hashed is not None:
            _suppress(_reference(line), key, hashed)
    if sum(erased.values()):
        record(
            actor, "person.erased_again", "erasure", line.id, number=line.number, rows=sum(erased.values())
        )
    db.session.flush()


def _from_before(actor: Actor, subject: Subject, line: Line) -> dict[str, dict[str, frozenset[UUID]]]:
    """What stands under the keys and was there when they were erased: whoever came back later did so by themselves."""
    found = find_all(actor, subject)
    return {
        name: {table: _older(table, row_ids, line) for table, row_ids in tables.items()}
        for name, tables in found.items()
    }


def _older(table: str, row_ids: frozenset[UUID], line: Line) -> frozenset[UUID]:
    kept = db.metadata.tables[table]
    older = select(kept.c.id).where(
        kept.c.organisation_id == line.organisation_id, kept.c.id.in_(row_ids), kept.c.created_at <= line.at
    )
    return frozenset(db.session.scalars(older))


def _joined(
    line: Line, found: dict[str, dict[str, frozenset[UUID]]]
) -> dict[str, dict[str, frozenset[UUID]]]:
    return {
        name: {
            table: line.rows.get(name, {}).get(table, frozenset())
            | found.get(name, {}).get(table, frozenset())
            for table in {*line.rows.get(name, {}), *found.get(name, {})}
        }
        for name in {*line.rows, *found}
    }


def _reference(line: Line) -> Erasure:
    return Erasure(organisation_id=line.organisation_id, id=line.id, created_at=line.at)


def _write_down(line: Line) -> None:
    taken = db.session.scalar(select(Erasure.id).where(Erasure.number == line.number))
    number = line.number if taken is None else _next_number()
    erasure = Erasure(
        organisation_id=line.organisation_id,
        id=line.id,
        created_at=line.at,
        number=number,
        author_label=line.author_label,
        counts=line.counts,
        kept_at=now(),
    )
    db.session.add(erasure)
    db.session.flush()
    ledger.add_rows(erasure, line.rows)
    for kind, key, hashed in line.keys:
        _add_key(erasure, kind, key, hashed)
    db.session.flush()
