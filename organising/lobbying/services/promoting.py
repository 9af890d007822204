"""Making a sentence of a private note the headline that partners read: the note's author alone may."""

import re
from collections.abc import Collection
from uuid import UUID

from flask_babel import gettext as _

from organising.lobbying.models import HEADLINE_LENGTH, Deed, Engagement, EngagementNote
from organising.lobbying.services.editing import open_for_editing
from organising.lobbying.services.revisions import keep_revision
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.cautions import ask_first, text_cautions
from organising.platform.clock import now
from organising.platform.conflicts import Difference, check_version
from organising.platform.db import db
from organising.platform.errors import Forbidden, Invalid

SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…]+[”’\"')]*|\n|$)")


def list_sentences(note: EngagementNote) -> list[str]:
    """The note's sentences, each on one line, each once."""
    found = (" ".join(one.split()) for one in SENTENCE.findall(note.body or ""))
    return list(dict.fromkeys(one for one in found if any(letter.isalnum() for letter in one)))


def open_for_promotion(
    actor: Actor, engagement_id: UUID, *, lock: bool = False
) -> tuple[Engagement, EngagementNote]:
    """The contact and its note for who wrote the note. Raises as opening it for editing does; Forbidden for others."""
    engagement, note = open_for_editing(actor, engagement_id, lock=lock)
    if note.author_user_id is None or note.author_user_id != actor.user_id:
        raise Forbidden(_("Only who wrote the note can make its words the headline."))
    return engagement, note


def promote_sentence(
    actor: Actor,
    engagement_id: UUID,
    headline: str,
    *,
    version: int,
    is_agreed: bool,
    confirmed: Collection[str] = (),
) -> Engagement:
    """Put words of the note where all partners read them; the headline before stays in the history.

    ``is_agreed``: the author said that all partners may read them. Raises NotFound, Forbidden, EditConflict, Invalid by
    field, NeedsConfirmation.
    """
    engagement, _note = open_for_promotion(actor, engagement_id, lock=True)
    line = " ".join(headline.split())
    if line == engagement.headline:
        return engagement
    check_version(engagement.version, version, [Difference("headline", engagement.headline, line)])
    if wrong := _check(line, is_agreed):
        raise Invalid(_("The headline was not changed yet."), **wrong)
    ask_first(text_cautions("headline", line, shared=True), confirmed)
    before, engagement.headline = engagement.headline, line
    engagement.version += 1
    engagement.edited_at = now()
    keep_revision(actor, engagement, Deed.PROMOTED, {"headline": (before, line)})
    audit.record(actor, "engagement.promoted", "engagement", engagement.id, version=engagement.version)
    db.session.flush()
    return engagement


def _check(line: str, is_agreed: bool) -> dict[str, str]:
    wrong = {}
    if not line:
        wrong["headline"] = _("Choose a sentence first.")
    elif len(line) > HEADLINE_LENGTH:
        wrong["headline"] = _("Use at most %(most)s characters.", most=HEADLINE_LENGTH)
    if not is_agreed:
        wrong["is_agreed"] = _("Say that all partners may read this.")
    return wrong
