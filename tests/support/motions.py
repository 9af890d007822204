"""Motions for tests: forms as they are filled in, and a way to any state through the product's own services."""

import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from organising.motions.models import Motion
from organising.motions.services import outcomes, steps, writing
from organising.motions.services.outcomes import Told
from organising.motions.services.writing import Draft
from organising.motions.states import State
from organising.motions.text import MotionText
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.tenancy import Context, use_context
from tests.support.world import World

CANARY = "kanarienvogel-motion"
TEXT = MotionText(
    f"Schools are for learning {CANARY}",
    "Registers were read by others.",
    "Trust is hard to win back.",
    "To sign the pledge.\nTo write to the head.",
)
AMENDED = MotionText(
    TEXT.title, TEXT.notes, TEXT.believes, "To sign the pledge.\nTo write to every head in the town."
)


def in_days(days: int) -> str:
    return (today() + timedelta(days=days)).isoformat()


def motion_form(**changes: str) -> dict[str, str]:
    """The form of a new motion to the officer's own branch."""
    return TEXT.as_dict() | {
        "forum": "branch", "area": "Alderwick", "meeting_on": in_days(20), "deadline_on": in_days(10),
        "proposer": "Ada Invented", "seconder": "Ben Invented", "submission_key": str(uuid4()),
    } | changes  # fmt: skip


def version_of(page: str) -> str:
    return (
        re.search(r'name="version" type="hidden" value="(\d+)"|name="version" value="(\d+)"', page)
        .group(0)
        .rsplit('"', 2)[1]
    )


@dataclass
class Branch:
    """A branch of a partner's: its officer writes, its administrator confirms, Liberty's coordinator names it."""

    world: World
    officer: Actor
    admin: Actor
    coordinator: Actor

    @classmethod
    def at(cls, world: World, slug: str = "neu") -> "Branch":
        return cls(
            world,
            world.user(slug, "officer"),
            world.user(slug, "admin"),
            world.user("liberty", "coordinator"),
        )

    def do(self, actor: Actor, act, *args, **more):
        """Run a service as somebody, and commit."""
        with (
            self.world.app.app_context(),
            use_context(Context(organisation_id=actor.organisation_id, user_id=actor.user_id)) as session,
        ):
            found = act(actor, *args, **more)
            found = getattr(found, "id", found)
            session.commit()
            return found

    def draft(self, text: MotionText = TEXT, **changes) -> UUID:
        """A draft of the officer's."""
        said = {"forum": "branch", "area": "Alderwick", "meeting_on": today() + timedelta(days=20)} | changes
        return self.do(self.officer, writing.write_motion, Draft(text=text, **said), uuid4())

    def submitted(self, **changes) -> UUID:
        motion_id = self.draft(**changes)
        self.step(motion_id, "submit")
        return motion_id

    def step(self, motion_id: UUID, verb: str) -> None:
        self.do(self.officer, steps.take_step, motion_id, verb, self.version(motion_id))

    def decided(
        self, outcome: State | str = State.CARRIED, amended: MotionText | None = None, **changes
    ) -> UUID:
        """A motion of which it is told what became of it."""
        motion_id = self.submitted(**changes)
        told = Told(str(outcome), today(), amended=amended)
        self.do(self.officer, outcomes.tell_outcome, motion_id, self.version(motion_id), told)
        return motion_id

    def named(self, name: str = "Camden branch", *, shows_text: bool = True, **changes) -> UUID:
        """A carried one that its organisation agreed to and the coordinator named in public."""
        motion_id = self.decided(**changes)
        version = self.version(motion_id)
        self.do(self.admin, steps.agree_to_name, motion_id, version, name, shows_text=shows_text)
        self.do(self.coordinator, steps.name_in_public, motion_id, self.version(motion_id), named=True)
        return motion_id

    def read(self, motion_id: UUID) -> Motion:
        with self.world.context(self._slug()) as session:
            found = session.get_one(Motion, motion_id)
            session.expunge_all()
            return found

    def version(self, motion_id: UUID) -> int:
        return self.read(motion_id).version

    def _slug(self) -> str:
        return next(
            slug for slug, one in self.world.organisations.items() if one == self.officer.organisation_id
        )
