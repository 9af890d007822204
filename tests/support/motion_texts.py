"""Model texts, for tests: who writes and who publishes, and a way to a published one through the product's own services."""

from dataclasses import dataclass
from uuid import UUID

from organising.motions.models.texts import ModelVersion
from organising.motions.queries.texts import find_version
from organising.motions.services import texts as services
from organising.motions.services.texts import Model
from organising.motions.text import MotionText
from organising.platform.actor import Actor
from organising.platform.tenancy import Context, use_context
from tests.support.world import World

CANARY = "kanarienvogel-draft"
WORDS = MotionText(
    "Keep school records out of immigration enforcement",
    "Schools hold children's names and addresses.\nSince 2018 parents in [name of local authority] have asked who reads them.",
    "A child's register is no border.\nTrust, once lost, takes years.",
    "To support the pledge.\nTo write to the governing bodies in [name of local authority] by [date].\n"
    "[name of branch] to report back in spring.",
)
LATER = MotionText(
    WORDS.title,
    WORDS.notes,
    "A child's register is no border.\nTrust, once lost, takes many years to come back.",
    WORDS.resolves + "\nTo ask [name of MP] to sign too.",
)


@dataclass
class Shelf:
    """Liberty's coordinator, who publishes, and an organiser of the NEU's, who writes."""

    world: World
    coordinator: Actor
    writer: Actor

    @classmethod
    def at(cls, world: World) -> "Shelf":
        return cls(world, world.user("liberty", "coordinator"), world.user("neu", "organiser"))

    def do(self, actor: Actor, act, *args, **more):
        """Run a service as somebody, and commit."""
        with (
            self.world.app.app_context(),
            use_context(Context(organisation_id=actor.organisation_id, user_id=actor.user_id)) as session,
        ):
            found = act(actor, *args, **more)
            found = getattr(found, "text_id", found)
            session.commit()
            return found

    def draft(self, text: MotionText = WORDS, *, forums=("branch", "district"), asks=(), **more) -> UUID:
        """A draft of the writer's; its text's id."""
        return self.do(self.writer, services.begin, "en", Model(text, tuple(forums), tuple(asks), **more))

    def publish(self, text_id: UUID, revision: int = 1) -> UUID:
        """Offer the draft and publish it; the text's id."""
        self.do(self.writer, services.offer, text_id)
        assert self.do(self.coordinator, services.publish, text_id, revision)
        return text_id

    def published(self, text: MotionText = WORDS, **more) -> UUID:
        """A text with one published version."""
        return self.publish(self.draft(text, **more))

    def later(self, text_id: UUID, text: MotionText = LATER, news: str = "Asks the MP too.") -> UUID:
        """A second version of it, published."""
        model = Model(text, ("branch", "district"), (), news=news)
        self.do(self.writer, services.save, text_id, model, 0)
        return self.publish(text_id)

    def version(self, text_id: UUID, number: int = 1) -> ModelVersion:
        """One version, as its writer reads it."""
        actor = self.writer
        with (
            self.world.app.app_context(),
            use_context(Context(organisation_id=actor.organisation_id, user_id=actor.user_id)) as session,
        ):
            found = find_version(text_id, number)
            assert found is not None
            session.expunge(found)
            return found
