"""What stands before sign-off of an update, the question for it, and a test to oneself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _

from organising.mailings.checks import Finding
from organising.mailings.content import Letter, Texts
from organising.mailings.models import Mailing
from organising.mailings.queries import get_own, texts_of
from organising.mailings.services.people import (
    PeopleWords,
    ask_about,
    check_still_draft,
    findings_of,
    in_hand,
    read_letters,
    send_person_test,
)
from organising.mailings.states import MailingMode
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.errors import Invalid
from organising.platform.permissions import Permission
from organising.updates.content import letter_to
from organising.updates.models import PledgeUpdate
from organising.updates.queries import Reach, count_reach, get_update_of
from organising.updates.signers import common_of, example_links

from .drafting import Question


@dataclass(frozen=True)
class UpdateChecks:
    """What stands before sign-off can be asked for. ``problems`` stop it. ``reach`` is for one's own organisation only."""

    reach: Reach | None
    letters: Sequence[tuple[str, Letter]]
    problems: Sequence[str] = ()
    findings: Sequence[Finding] = ()


def check_update(mailing: Mailing, *, own: bool) -> UpdateChecks:
    """Look at an update as two signers would read it, and at whom it would reach."""
    reach = count_reach(get_update_of(mailing), mailing) if own else None
    problems, letters = _letters(mailing)
    if reach is not None and mailing.is_draft and not reach.going:
        problems.append(_("Nobody would get it: none of your signers in question agreed to be emailed."))
    findings = findings_of(mailing)
    problems += [str(one.words) for one in findings if one.stops]
    return UpdateChecks(reach, letters, problems, findings)


def _letters(mailing: Mailing) -> tuple[list[str], list[tuple[str, Letter]]]:
    return _read(mailing, get_update_of(mailing), lambda: texts_of(mailing))


def _read(
    mailing: Mailing, update: PledgeUpdate, texts_of_it: Callable[[], Texts]
) -> tuple[list[str], list[tuple[str, Letter]]]:
    links = example_links(update)
    return read_letters(mailing, texts_of_it, lambda texts, name, to: letter_to(texts, name, to, links))


def reach_of(actor: Actor, drive_id: UUID) -> Reach:
    """Whom an update to all own signers of a drive would reach as things stand."""
    return count_reach(PledgeUpdate(organisation_id=actor.organisation_id, drive_id=drive_id))


def preview(
    actor: Actor, drive_id: UUID, words: PeopleWords, question: Question, of: Mailing | None = None
) -> UpdateChecks:
    """A text in hand as two signers would read it, and whom it would reach as things stand. Nothing is kept.

    ``of`` is the draft that is being changed, where there is one.
    """
    update = PledgeUpdate(organisation_id=actor.organisation_id, drive_id=drive_id, **vars(question))
    mailing = in_hand(actor.organisation_id, words, MailingMode.SIGNERS)
    problems, letters = _read(mailing, update, lambda: Texts.of(mailing, common_of(update)))
    return UpdateChecks(count_reach(update, of), letters, problems)


def ask_about_update(actor: Actor, mailing_id: UUID, *, lend_to_lead: bool) -> Mailing:
    """Freeze text, question and count, and ask for sign-off. Raises :class:`Invalid` with the problems."""
    actor.check(Permission.MAILINGS_DRAFT)
    mailing = get_own(actor, mailing_id, lock=True)
    update = get_update_of(mailing)
    check_still_draft(mailing)
    update.as_of = now()
    checks = check_update(mailing, own=True)
    if checks.problems or checks.reach is None:
        raise Invalid(_("Put these right first: %(problems)s", problems=" ".join(checks.problems)))
    ask_about(actor, mailing, checks.reach.going, lend_to_lead=lend_to_lead)
    return mailing


def send_test(actor: Actor, mailing_id: UUID) -> str:
    """Send the update to the actor's own address, marked as a test; answers it. Its links stop and show nothing."""
    mailing = get_own(actor, mailing_id)
    links = example_links(get_update_of(mailing))
    problems, letters = _letters(mailing)
    if not letters:
        raise Invalid(" ".join(problems))
    return send_person_test(actor, mailing, letters[0][1], links)
