"""Model texts: the shelf of what is published, one's own drafts, and what waits for the coordinator."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from organising.motions.models.texts import ModelText, ModelVersion
from organising.platform.actor import Actor
from organising.platform.db import db, get_or_404
from organising.platform.errors import NotFound

MOST = 200


@dataclass(frozen=True)
class Filters:
    """What the shelf is narrowed to."""

    forum: str = ""
    ask_id: UUID | None = None
    language: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether anything is left out."""
        return bool(self.forum or self.ask_id or self.language)


@dataclass(frozen=True)
class Shelved:
    """A text as the shelf shows it: the version that stands, and its language."""

    version: ModelVersion
    language: str


def list_shelf(actor: Actor, filters: Filters) -> list[Shelved]:
    """The newest version of each text that branches may take up, by title."""
    statement = (
        select(ModelVersion, ModelText.language)
        .join(ModelText, ModelText.id == ModelVersion.text_id)
        .where(ModelVersion.id.in_(_standing(actor.campaign_id)))
        .order_by(func.lower(ModelVersion.title), ModelVersion.id)
        .limit(MOST)
    )
    if filters.forum:
        statement = statement.where(ModelVersion.forums.contains([filters.forum]))
    if filters.ask_id:
        statement = statement.where(ModelVersion.ask_ids.contains([filters.ask_id]))
    if filters.language:
        statement = statement.where(ModelText.language == filters.language)
    return [Shelved(version, language) for version, language in db.session.execute(statement)]


def _standing(campaign_id: UUID | None) -> Select[UUID]:
    return (
        select(ModelVersion.id)
        .ext(distinct_on(ModelVersion.text_id))
        .where(
            ModelVersion.campaign_id == campaign_id,
            ModelVersion.published_at.is_not(None),
            ModelVersion.withdrawn_at.is_(None),
        )
        .order_by(ModelVersion.text_id, ModelVersion.number.desc())
    )


def list_own_drafts(actor: Actor) -> Sequence[ModelVersion]:
    """Drafts of the actor's organisation, the latest first."""
    return db.session.scalars(
        _drafts()
        .where(ModelVersion.organisation_id == actor.organisation_id)
        .order_by(ModelVersion.created_at.desc(), ModelVersion.id)
        .limit(MOST)
    ).all()


def list_offered(actor: Actor) -> Sequence[ModelVersion]:
    """Drafts that the coordinator is asked to publish, the oldest offer first."""
    return db.session.scalars(
        _drafts()
        .where(ModelVersion.campaign_id == actor.campaign_id, ModelVersion.offered_at.is_not(None))
        .order_by(ModelVersion.offered_at, ModelVersion.id)
        .limit(MOST)
    ).all()


def select_offered(actor: Actor) -> Select[int]:
    """How many those are, for the first page of the day."""
    return select(func.count(ModelVersion.id)).where(
        ModelVersion.campaign_id == actor.campaign_id,
        ModelVersion.published_at.is_(None),
        ModelVersion.offered_at.is_not(None),
    )


def _drafts() -> Select[ModelVersion]:
    return select(ModelVersion).where(ModelVersion.published_at.is_(None))


def get_text(text_id: UUID) -> ModelText:
    """A text of which the reader may read some version; raises :class:`NotFound`."""
    return get_or_404(ModelText, text_id)


def list_versions(text_id: UUID) -> Sequence[ModelVersion]:
    """The versions that the reader may read, the newest first."""
    return db.session.scalars(
        select(ModelVersion).where(ModelVersion.text_id == text_id).order_by(ModelVersion.number.desc())
    ).all()


def find_version(text_id: UUID, number: int) -> ModelVersion | None:
    """One version by its number; ``None`` where there is none for the reader."""
    return db.session.scalars(
        select(ModelVersion).where(ModelVersion.text_id == text_id, ModelVersion.number == number)
    ).one_or_none()


def standing_of(versions: Sequence[ModelVersion]) -> ModelVersion:
    """Of a text's versions, newest first, the one to show: in use, else published, else the draft. Raises NotFound for none."""
    wanted = [one for one in versions if one.is_usable] or [one for one in versions if one.published_at]
    if not (wanted or versions):
        raise NotFound
    return (wanted or list(versions))[0]


def draft_of(versions: Sequence[ModelVersion]) -> ModelVersion | None:
    """Of a text's versions the draft, where the reader may read it."""
    return next((one for one in versions if one.published_at is None), None)


def lock_draft(actor: Actor, text_id: UUID) -> ModelVersion:
    """The draft of a text of the actor's organisation, held until the commit; raises :class:`NotFound`."""
    found = db.session.scalars(
        _drafts()
        .where(ModelVersion.text_id == text_id, ModelVersion.organisation_id == actor.organisation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def find_published(version_id: UUID | None) -> ModelVersion | None:
    """A version by its id where it is published, withdrawn or not."""
    if version_id is None:
        return None
    return db.session.scalars(
        select(ModelVersion).where(ModelVersion.id == version_id, ModelVersion.published_at.is_not(None))
    ).one_or_none()


def find_newer(version: ModelVersion) -> ModelVersion | None:
    """The newest version in use that came after this one."""
    return db.session.scalars(
        select(ModelVersion)
        .where(
            ModelVersion.text_id == version.text_id,
            ModelVersion.number > version.number,
            ModelVersion.published_at.is_not(None),
            ModelVersion.withdrawn_at.is_(None),
        )
        .order_by(ModelVersion.number.desc())
        .limit(1)
    ).one_or_none()


def list_titles(version_ids: Collection[UUID]) -> dict[UUID, str]:
    """The titles of versions by id, for lists of motions."""
    rows = db.session.execute(
        select(ModelVersion.id, ModelVersion.title).where(ModelVersion.id.in_(list(version_ids)))
    )
    return {row.id: row.title for row in rows}
