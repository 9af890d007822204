"""The access bundle: everything an organisation holds of somebody, gathered when it is asked for, and the link that brings it."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from flask_babel import gettext as _

from organising.platform.actor import Actor
from organising.platform.audit import record
from organising.platform.clock import now
from organising.platform.errors import Invalid
from organising.platform.people import Section, find_all, tell_all
from organising.rights.models import MailKind, RightsRequest
from organising.rights.services import requests
from organising.rights.services.about import tell_processing
from organising.rights.services.documents import Document
from organising.rights.services.subjects import subject_of


def gather(actor: Actor, request: RightsRequest) -> list[Section]:
    """All sections about the person, what was left out included."""
    return tell_all(actor, find_all(actor, subject_of(actor, request)))


def bundle(actor: Actor, request: RightsRequest) -> Document:
    """What the person is given. Raises :class:`Conflict` before anybody knows who they are."""
    requests.need_identity(request)
    sections = _without(gather(actor, request), set(request.left_out))
    intro: tuple[str, ...] = (
        _("%(name)s keeps this about you. It is all that was found under your addresses, numbers and records.", name=actor.organisation_name)
        if sections
        else _("%(name)s found nothing about you under what you told it.", name=actor.organisation_name),
        _("Partners in the coalition keep records of their own, which %(name)s cannot see: ask each of them.", name=actor.organisation_name),
    )  # fmt: skip
    if request.left_out:
        intro = (*intro, _("Something was left out, as it tells of somebody else."))
    told = [tell_processing(actor), *sections]
    return Document(_("What is kept about you"), actor.organisation_name, now(), intro, told)


def _without(sections: Sequence[Section], left_out: Collection[str]) -> list[Section]:
    kept = [
        replace(one, items=tuple(item for item in one.items if item.ref not in left_out)) for one in sections
    ]
    return [one for one in kept if one.items]


def leave_out(actor: Actor, request_id: UUID, refs: Collection[str]) -> RightsRequest:
    """Say what tells of somebody else, and so is not in the bundle."""
    request = requests.open_for_work(actor, request_id)
    there = {item.ref for section in gather(actor, request) for item in section.items}
    wanted = sorted(set(refs) & there)
    if wanted != list(request.left_out):
        request.left_out = wanted
        record(actor, "rights.left_out", requests.SUBJECT, request.id, count=len(wanted))
    return request


def send_link(actor: Actor, request_id: UUID) -> RightsRequest:
    """Mail the link to the bundle. Raises :class:`Conflict` before anybody knows who they are, Invalid without an address."""
    request = requests.open_for_work(actor, request_id)
    requests.need_identity(request)
    if not request.email:
        raise Invalid(_("There is no address to send it to. Take the file, and hand it over yourself."))
    request.link_version += 1
    requests.write(request, MailKind.BUNDLE)
    record(actor, "rights.bundle_sent", requests.SUBJECT, request.id)
    return request


def note_taken(actor: Actor, request: RightsRequest, form: str, *, by_person: bool) -> None:
    """Note that the bundle was taken out: by the person with their link, or by a colleague."""
    deed = "rights.bundle_taken_by_person" if by_person else "rights.bundle_taken"
    record(actor, deed, requests.SUBJECT, request.id, form=form)
