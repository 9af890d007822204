"""Answering from the message: the link stands for one person, and for nothing that they could not do signed in."""

from collections.abc import Sequence

from organising.mailings.audiences import find_audience_of
from organising.mailings.content import Entry, Letter
from organising.mailings.links import AskedOf
from organising.mailings.merge import Unparsable
from organising.mailings.models import Mailing, SignOff
from organising.mailings.queries import list_sign_offs, texts_of
from organising.mailings.states import ON_TEXT, Decision
from organising.organisations.queries import find_system_actor, list_people
from organising.platform.actor import Actor
from organising.platform.db import find
from organising.platform.errors import Conflict, NotFound
from organising.platform.permissions import Permission

from .colleagues import find_same
from .decisions import answer_for_name, decide


def find_asked(asked: AskedOf) -> tuple[Actor, Mailing | None]:
    """The person a link stands for, in the role they hold now, and the mailing, while it is theirs to read.

    The session speaks for them. Raises :class:`NotFound` for somebody who may sign nothing here any more.
    """
    system = find_system_actor(asked.organisation_id)
    people = list_people(
        asked.organisation_id,
        Permission.MAILINGS_SIGN_OFF,
        organisation_name=system.organisation_name,
        campaign_id=system.campaign_id,
        user_id=asked.user_id,
    )
    if not people:
        raise NotFound
    return people[0][0], find(Mailing, asked.mailing_id)


def answer(actor: Actor, asked: AskedOf, decision: Decision, comment: str, told: str) -> SignOff:
    """Decide about exactly the content that was asked about. Raises :class:`Conflict` where that is over, or a
    colleague has decided otherwise than the page ``told``.
    """
    if find(Mailing, asked.mailing_id) is None:
        # A colleague who asked for changes ended the loan: that is what there is to say.
        same = find_same(actor, asked.mailing_id, decision, asked.content_hash, comment, told)
        if same is not None:
            return same
        raise Conflict("This mailing is not shown to you any more. Its author took the question back.")
    act = decide if decision in ON_TEXT else answer_for_name
    return act(actor, asked.mailing_id, decision, asked.content_hash, comment, told=told)


def own_answers(actor: Actor, mailing: Mailing) -> Sequence[SignOff]:
    """What this person's organisation has put on record about a mailing, oldest first."""
    return [one for one in list_sign_offs(mailing) if one.organisation_id == actor.organisation_id]


def first_letter(mailing: Mailing, going: Sequence[Entry]) -> Letter | None:
    """The letter as its first reader would get it, where it can be built."""
    audience = find_audience_of(mailing)
    if not going and audience is None:
        return None
    try:
        return audience.example(mailing) if audience else texts_of(mailing).letter(going[0])
    except (Unparsable, KeyError):
        return None
