"""Writing model texts, offering them to the coordinator, publishing and withdrawing them."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from organising.motions.models.texts import ModelText, ModelVersion
from organising.motions.queries.texts import draft_of, get_text, list_versions, lock_draft, standing_of
from organising.motions.text import MotionText
from organising.organisations.queries import is_lead, list_asks
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.db import db, new_id
from organising.platform.errors import Conflict, Forbidden, Invalid, NotFound
from organising.platform.permissions import Permission


@dataclass(frozen=True)
class Model:
    """What a person writes: the words, for which forums, the asks it raises, help for the mover, what is new."""

    text: MotionText
    forums: tuple[str, ...]
    ask_ids: tuple[UUID, ...]
    briefing: str = ""
    news: str = ""


class DraftMoved(Conflict):
    """Somebody saved the draft since it was opened; ``version`` is what they saved."""

    code = "draft_moved"

    def __init__(self, version: ModelVersion) -> None:
        super().__init__(
            f"{version.edited_label} saved this draft while you were writing. Compare it with yours, then save again "
            "to put yours over it."
        )
        self.version = version


def begin(actor: Actor, language: str, model: Model) -> ModelVersion:
    """A new text of the actor's organisation, as a draft that nobody else reads."""
    actor.check(Permission.MOTION_TEXTS_DRAFT)
    if actor.campaign_id is None:
        raise Invalid("Your organisation takes part in no campaign.")
    text = ModelText(
        id=new_id(),
        campaign_id=actor.campaign_id,
        organisation_id=actor.organisation_id,
        author_label=actor.author_label,
        language=language,
    )
    db.session.add(text)
    db.session.flush()
    version = _add(actor, text, 1, model)
    audit.record(actor, "motion_text.begun", "motion_text", text.id, language=language)
    return version


def save(actor: Actor, text_id: UUID, model: Model, revision: int) -> ModelVersion:
    """Keep the draft, or begin the next version where there is none (``revision`` 0).

    Raises :class:`DraftMoved` where somebody else saved it since ``revision``. What was offered has to be offered again.
    """
    actor.check(Permission.MOTION_TEXTS_DRAFT)
    versions = _own(actor, text_id)
    draft = draft_of(versions)
    if draft is None:
        version = _add(actor, get_text(text_id), versions[0].number + 1, model)
        audit.record(actor, "motion_text.version_begun", "motion_text", text_id, number=version.number)
        return version
    draft = lock_draft(actor, text_id)
    if draft.revision != revision:
        raise DraftMoved(draft)
    _write(actor, draft, model)
    draft.revision += 1
    draft.offered_at = None
    audit.record(actor, "motion_text.edited", "motion_text", text_id, number=draft.number)
    return draft


def discard(actor: Actor, text_id: UUID) -> None:
    """Throw a draft away; with it the text, where no version of it was ever published."""
    actor.check(Permission.MOTION_TEXTS_DRAFT)
    versions = _own(actor, text_id)
    draft = lock_draft(actor, text_id)
    number = draft.number
    db.session.delete(draft)
    db.session.flush()
    if len(versions) == 1:
        db.session.delete(get_text(text_id))
    audit.record(actor, "motion_text.discarded", "motion_text", text_id, number=number)


def offer(actor: Actor, text_id: UUID) -> bool:
    """Ask the campaign's coordinator to publish the draft: from now on they read it. Returns whether that changed anything."""
    actor.check(Permission.MOTION_TEXTS_DRAFT)
    draft = lock_draft(actor, text_id)
    _check_complete(draft)
    if draft.offered_at is not None:
        return False
    draft.offered_at, draft.returned_note = db.session.scalar(select(func.now())), None
    audit.record(actor, "motion_text.offered", "motion_text", text_id, number=draft.number)
    return True


def take_offer_back(actor: Actor, text_id: UUID) -> bool:
    """Take the draft back from the coordinator; returns whether it was offered."""
    actor.check(Permission.MOTION_TEXTS_DRAFT)
    draft = lock_draft(actor, text_id)
    if draft.offered_at is None:
        return False
    draft.offered_at = None
    audit.record(actor, "motion_text.offer_taken_back", "motion_text", text_id, number=draft.number)
    return True


def publish(actor: Actor, text_id: UUID, revision: int) -> bool:
    """Let every partner read and use the draft as it was read (``revision``). It never changes after."""
    versions = list_versions(text_id)
    draft = draft_of(versions)
    if draft is None and versions:
        return False
    draft = _for_coordinator(actor, draft)
    _check_complete(draft)
    if not _decide(actor, draft, "publish", seen=revision):
        raise Conflict("The draft was saved again since you opened this page. Read it, then publish it.")
    return True


def send_back(actor: Actor, text_id: UUID, note: str) -> bool:
    """Ask its writers for something else first."""
    draft = _for_coordinator(actor, draft_of(list_versions(text_id)))
    return _decide(actor, draft, "return", said=note)


def withdraw(actor: Actor, text_id: UUID, number: int, reason: str) -> bool:
    """Take a published version out of use. Motions made of it stay, and say so."""
    return _decide(actor, _published(actor, text_id, number), "withdraw", said=reason)


def restore(actor: Actor, text_id: UUID, number: int) -> bool:
    """Put a withdrawn version back into use."""
    return _decide(actor, _published(actor, text_id, number), "restore")


def _decide(actor: Actor, version: ModelVersion, verb: str, *, seen: int = 0, said: str = "") -> bool:
    decided = func.app.decide_motion_text(version.id, verb, seen, said, actor.author_label)
    changed = bool(db.session.scalar(select(decided)))
    if changed:
        # Where it goes back to a partner it is not there for the coordinator any more.
        db.session.expire(version) if verb != "return" else db.session.expunge(version)
        audit.record(actor, f"motion_text.{verb}", "motion_text", version.text_id, number=version.number)
    return changed


def _published(actor: Actor, text_id: UUID, number: int) -> ModelVersion:
    found = [one for one in list_versions(text_id) if one.number == number and one.published_at]
    return _for_coordinator(actor, found[0] if found else None)


def _for_coordinator(actor: Actor, version: ModelVersion | None) -> ModelVersion:
    if version is None:
        raise NotFound
    actor.check(Permission.MOTIONS_PUBLISH)
    if not is_lead(actor):
        raise Forbidden("The coordinator of the campaign’s lead does this.")
    return version


def _own(actor: Actor, text_id: UUID) -> list[ModelVersion]:
    versions = list(list_versions(text_id))
    if standing_of(versions).organisation_id != actor.organisation_id:
        raise NotFound
    return versions


def _add(actor: Actor, text: ModelText, number: int, model: Model) -> ModelVersion:
    version = ModelVersion(
        id=new_id(),
        campaign_id=text.campaign_id,
        organisation_id=text.organisation_id,
        author_label=actor.author_label,
        text_id=text.id,
        number=number,
    )
    _write(actor, version, model)
    db.session.add(version)
    db.session.flush()
    return version


def _write(actor: Actor, version: ModelVersion, model: Model) -> None:
    known = {ask.id for ask in list_asks(version.campaign_id)}
    if not set(model.ask_ids) <= known:
        raise Invalid("Choose asks of this campaign.", asks="Choose asks of this campaign.")
    for name, words in model.text.as_dict().items():
        setattr(version, name, words)
    version.forums, version.ask_ids = list(model.forums), list(model.ask_ids)
    version.briefing, version.news = model.briefing, model.news
    version.edited_label = actor.author_label


def _check_complete(draft: ModelVersion) -> None:
    if not draft.resolves:
        raise Conflict("It resolves nothing yet. Say what the body is to resolve, then go on.")
