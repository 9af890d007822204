"""What pledges hold of one person: signatures, what was agreed and answered with them, and lines of paper sheets."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, delete, false, or_, select, update

from ..platform.actor import Actor
from ..platform.clock import now
from ..platform.db import change_rows, db
from ..platform.people import Holding, Item, Rows, Section, Subject, about_nobody, ids, register
from ..platform.sealing import canonical_email
from ..platform.ui import longdate
from .canonical import folded
from .models import (
    AddressChange,
    MailRequest,
    PaperBatch,
    PaperRow,
    PaperScan,
    Pledge,
    PledgeAnswer,
    PledgeConsent,
    PledgeDrive,
    PledgeState,
    Rejection,
)
from .paper_states import BatchState
from .texts import sector_label, state_labels


def find_pledges(actor: Actor, subject: Subject) -> Rows:
    """Own signatures with one of their addresses, and lines of sheets; by name and postcode where that is asked for."""
    keyed = Pledge.email_key.in_(list(subject.keys))
    pledges = set(db.session.scalars(select(Pledge.id).where(or_(keyed, _named(subject)))))
    rows = set(db.session.scalars(select(PaperRow.id).where(PaperRow.pledge_id.in_(pledges))))
    lines = db.session.scalars(
        select(PaperRow).where(PaperRow.pledge_id.is_(None), PaperRow.name.is_not(None))
    )
    rows |= {one.id for one in lines if _is_theirs(one, subject)}
    batches = select(PaperRow.batch_id).where(PaperRow.id.in_(rows))
    scans = select(PaperScan.id).where(PaperScan.batch_id.in_(batches))
    changes = select(AddressChange.id).where(AddressChange.pledge_id.in_(pledges))
    requests = select(MailRequest.id).where(MailRequest.email_key.in_(list(subject.keys)))
    return {
        "pledge": frozenset(pledges),
        "paper_row": frozenset(rows),
        "paper_scan": frozenset(db.session.scalars(scans)) if rows else frozenset(),
        "pledge_address_change": frozenset(db.session.scalars(changes)),
        "pledge_mail_request": frozenset(db.session.scalars(requests)),
    }


def _named(subject: Subject) -> ColumnElement[bool]:
    if not subject.by_name or not subject.names or not subject.postcodes:
        return false()
    return and_(
        Pledge.name_folded.in_([folded(name) for name in subject.names]),
        Pledge.postcode.in_(list(subject.postcodes)),
    )


def _is_theirs(row: PaperRow, subject: Subject) -> bool:
    """Whether a line that is no signature yet is theirs. Its address is sealed without a key to find it by."""
    if row.email and canonical_email(row.email) in subject.emails:
        return True
    named = subject.by_name and folded(row.name or "") in {folded(name) for name in subject.names}
    return bool(named and row.postcode in subject.postcodes)


def erase_pledges(actor: Actor, rows: Rows) -> Mapping[str, int]:
    """End signatures as erased: the database empties them, and the tally follows. A sheet's photograph goes as a whole."""
    pledges, lines = ids(rows, "pledge"), ids(rows, "paper_row")
    counts = {
        model.__tablename__: change_rows(delete(model).where(model.pledge_id.in_(pledges)))
        for model in (PledgeAnswer, PledgeConsent, AddressChange)
    }
    counts["pledge_mail_request"] = change_rows(
        delete(MailRequest).where(MailRequest.id.in_(ids(rows, "pledge_mail_request")))
    )
    standing = update(Pledge).where(Pledge.id.in_(pledges), Pledge.state != PledgeState.ERASED)
    counts["pledge"] = change_rows(standing.values(state=PledgeState.ERASED, ended_at=now()))
    counts["paper_row"] = _erase_lines(lines)
    counts["paper_scan"] = _erase_scans(ids(rows, "paper_scan"))
    db.session.expire_all()
    return counts


def _erase_lines(lines: Sequence[UUID]) -> int:
    emptied = dict.fromkeys(("name", "postcode", "email_cipher", "witness_key"))
    accepted = select(PaperBatch.id).where(PaperBatch.state == BatchState.ACCEPTED)
    theirs = update(PaperRow).where(
        PaperRow.id.in_(lines), or_(PaperRow.name.is_not(None), PaperRow.email_cipher.is_not(None))
    )
    # On a sheet that still waits the line counts as crossed out; on one that was accepted it stays what it was.
    waiting = theirs.where(PaperRow.batch_id.not_in(accepted))
    crossed_out = change_rows(waiting.values(rejection=Rejection.CROSSED_OUT, **emptied))
    return crossed_out + change_rows(theirs.values(**emptied))


def _erase_scans(scans: Sequence[UUID]) -> int:
    batches = select(PaperScan.batch_id).where(PaperScan.id.in_(scans))
    change_rows(update(PaperBatch).where(PaperBatch.id.in_(batches)).values(scans_deleted_at=now()))
    return change_rows(delete(PaperScan).where(PaperScan.id.in_(scans)))


def tell_pledges(actor: Actor, rows: Rows) -> Sequence[Section]:
    """What they signed, agreed to and answered, and their lines on paper."""
    pledges = ids(rows, "pledge")
    titles = dict(db.session.execute(select(PledgeDrive.id, PledgeDrive.title)).all())
    signed = db.session.scalars(select(Pledge).where(Pledge.id.in_(pledges)).order_by(Pledge.created_at))
    agreed = (
        select(PledgeConsent).where(PledgeConsent.pledge_id.in_(pledges)).order_by(PledgeConsent.given_at)
    )
    answered = select(PledgeAnswer).where(PledgeAnswer.pledge_id.in_(pledges))
    lines = select(PaperRow).where(PaperRow.id.in_(ids(rows, "paper_row"))).order_by(PaperRow.created_at)
    return (
        Section(_("Pledges you signed"), tuple(_signature(one, titles) for one in signed)),
        Section(
            _("What you agreed to when signing"), tuple(_consent(one) for one in db.session.scalars(agreed))
        ),
        Section(
            _("Your answers to our questions"),
            tuple(
                Item(f"pledge_answer:{one.id}", one.asked, ((_("Answer"), one.answer or ""),), one.created_at)
                for one in db.session.scalars(answered)
            ),
        ),
        Section(_("Lines on paper sheets"), tuple(_line(one) for one in db.session.scalars(lines))),
        Section(_("Photographs of those sheets"), _scans(ids(rows, "paper_scan"))),
        Section(_("Mail you asked for"), _mail(rows)),
    )


def _signature(pledge: Pledge, titles: Mapping[UUID, str]) -> Item:
    facts = [
        (_("State"), str(state_labels().get(pledge.state, pledge.state))),
        (_("Name"), pledge.name or ""),
        (_("Email"), pledge.email or ""),
        (_("Postcode"), pledge.postcode or ""),
        (_("Constituency"), pledge.constituency_code or ""),
        (_("Sector"), str(sector_label(pledge.sector)) if pledge.sector else ""),
        (_("Role"), pledge.job or ""),
        (_("Workplace"), pledge.workplace or ""),
        (_("Named in public"), _("yes") if pledge.public_name else ""),
        (_("Came by"), " ".join(part for part in (pledge.channel, pledge.source) if part)),
        (_("Wording version"), str(pledge.wording_version)),
        (_("Confirmed on"), longdate(pledge.confirmed_at)),
        (_("Witnessed on"), longdate(pledge.witnessed_at)),
    ]
    title = titles.get(pledge.drive_id, "")
    return Item(f"pledge:{pledge.id}", title, tuple(one for one in facts if one[1]), pledge.created_at)


def _consent(consent: PledgeConsent) -> Item:
    facts = [
        (_("Exact words"), consent.wording),
        (_("Given on"), longdate(consent.given_at)),
        (_("Taken back on"), longdate(consent.withdrawn_at)),
    ]
    kept = tuple(one for one in facts if one[1])
    return Item(
        f"pledge_consent:{consent.id}", f"{consent.purpose} ({consent.channel})", kept, consent.given_at
    )


def _line(row: PaperRow) -> Item:
    facts = [(_("Name"), row.name or ""), (_("Postcode"), row.postcode or ""), (_("Email"), row.email or "")]
    title = _("Line %(number)s", number=row.number)
    return Item(f"paper_row:{row.id}", title, tuple(one for one in facts if one[1]), row.created_at)


def _scans(scans: Sequence[UUID]) -> tuple[Item, ...]:
    found = select(PaperScan.id, PaperScan.number, PaperScan.created_at).where(PaperScan.id.in_(scans))
    # Others stand on the same sheet: the photograph itself is not handed out.
    return tuple(
        Item(
            f"paper_scan:{row.id}",
            _("Photograph %(number)s, on which others stand too", number=row.number),
            (),
            row.created_at,
        )
        for row in db.session.execute(found)
    )


def _mail(rows: Rows) -> tuple[Item, ...]:
    changes = select(AddressChange).where(AddressChange.id.in_(ids(rows, "pledge_address_change")))
    requests = select(MailRequest).where(MailRequest.id.in_(ids(rows, "pledge_mail_request")))
    return (
        *(
            Item(
                f"pledge_address_change:{one.id}",
                _("Another address for a signature"),
                ((_("Email"), one.email or ""),),
                one.created_at,
            )
            for one in db.session.scalars(changes)
        ),
        *(
            Item(f"pledge_mail_request:{one.id}", _("The link to a signature, once more"), (), one.created_at)
            for one in db.session.scalars(requests)
        ),
    )


TOLD = frozenset(
    {
        "pledge",
        "pledge_consent",
        "pledge_answer",
        "pledge_address_change",
        "pledge_mail_request",
        "paper_row",
        "paper_scan",
    }
)
register(Holding("pledges", find_pledges, erase_pledges, tell_pledges, exports=TOLD, erases=TOLD))
about_nobody(
    {
        "paper_batch": "a stack of sheets; the people on them are paper_row, a checker's reason is for colleagues",
        "pledge_alert": "numbers of an hour, at least 20; of whom, it says a mail domain and never a person",
        "pledge_alert_notice": "which colleague was written to",
        "pledge_invalidation": "how many signatures were taken out of the count and why, in a colleague's words",
        "pledge_milestone_notice": "which colleague was written to",
        "pledge_sign_on_inside": "which colleague asked and decided, with words for colleagues",
        "pledge_sign_on_notice": "which colleague was written to",
    }
)
