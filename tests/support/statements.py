"""Statements, for tests: who writes, who signs, and a way to any state through the product's own services."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.tenancy import Context, use_context
from organising.statements.models import Statement
from organising.statements.queries import get_statement, get_version
from organising.statements.services import drafting, planning, signing, steps
from organising.statements.services.drafting import Text
from organising.statements.services.planning import Plan
from organising.statements.services.signing import Name
from organising.statements.states import Kind
from tests.support.world import World

CANARY = "Kanarienvogel-under-embargo"
HEADLINE = f"Schools are no border {CANARY}"
BODY = f"We ask the minister for a promise. {CANARY}\n\nSchools are for learning."


@dataclass
class Desk:
    """Liberty's coordinator and deputy, and the NEU's administrator; ``praxis`` is a contributor and cannot be published."""

    world: World
    coordinator: Actor
    deputy: Actor
    organiser: Actor
    neu: Actor

    @classmethod
    def at(cls, world: World) -> "Desk":
        return cls(
            world,
            world.user("liberty", "coordinator"),
            world.user("liberty", "deputy"),
            world.user("liberty", "organiser"),
            world.user("neu", "admin"),
        )

    def do(self, actor: Actor, act, *args, **more):
        """Run a service as somebody, and commit."""
        with (
            self.world.app.app_context(),
            use_context(Context(organisation_id=actor.organisation_id, user_id=actor.user_id)) as session,
        ):
            found = act(actor, *args, **more)
            session.commit()
            return getattr(found, "id", found)

    def begin(self, kind: Kind = Kind.SIGN_ON_LETTER, title: str = "The autumn letter") -> UUID:
        return self.do(self.coordinator, drafting.begin, kind, title, Text(HEADLINE, BODY))

    def plan(self, statement_id: UUID, *signing_slugs: str, consulted=(), **times) -> None:
        ids = frozenset(self.world.organisation(slug) for slug in signing_slugs)
        others = frozenset(self.world.organisation(slug) for slug in consulted)
        wanted = {
            "soft_deadline": None,
            "hard_deadline": None,
            "embargo_at": None,
            "lead_first": False,
        } | times
        self.do(
            self.coordinator, planning.plan, statement_id,
            Plan(title="The autumn letter", consulted=others, signing=ids, **wanted),
        )  # fmt: skip

    def open_signoff(self, *slugs: str, kind: Kind = Kind.SIGN_ON_LETTER, **times) -> UUID:
        """A locked statement for which these are asked for their names."""
        statement_id = self.begin(kind)
        self.plan(statement_id, *slugs, **times)
        self.lock(statement_id)
        self.do(self.coordinator, steps.open_signoff, statement_id)
        return statement_id

    def lock(self, statement_id: UUID) -> None:
        number = self.read(self.coordinator, statement_id).number
        self.do(self.coordinator, steps.lock, statement_id, number)

    def sign(self, actor: Actor, statement_id: UUID, name: str = "", digest: str = "") -> UUID:
        digest = digest or self.digest(actor, statement_id)
        given = Name(digest, name or actor.organisation_name, "Sam Invented", "General Secretary")
        return self.do(actor, signing.sign, statement_id, given)

    def digest(self, actor: Actor, statement_id: UUID) -> str:
        with (
            self.world.app.app_context(),
            use_context(Context(organisation_id=actor.organisation_id, user_id=actor.user_id)),
        ):
            return get_version(get_statement(statement_id)).digest

    def read(self, actor: Actor, statement_id: UUID) -> Statement:
        with (
            self.world.app.app_context(),
            use_context(Context(organisation_id=actor.organisation_id, user_id=actor.user_id)) as session,
        ):
            found = get_statement(statement_id)
            session.expunge(found)
            return found

    def embargoed(self, *slugs: str, seconds: float = 3600) -> UUID:
        """A letter that these have signed, handed to the clock."""
        statement_id = self.open_signoff(*slugs, embargo_at=now() + timedelta(seconds=seconds))
        for slug in slugs:
            self.sign(self.neu if slug == "neu" else self.deputy, statement_id)
        self.do(self.coordinator, steps.finish, statement_id)
        self.do(self.coordinator, steps.embargo, statement_id)
        return statement_id

    def released(self, *slugs: str) -> UUID:
        """A letter that these have signed and everybody reads."""
        statement_id = self.open_signoff(*slugs)
        for slug in slugs:
            self.sign(self.neu if slug == "neu" else self.deputy, statement_id)
        self.do(self.coordinator, steps.finish, statement_id)
        self.do(self.coordinator, steps.release, statement_id)
        return statement_id
