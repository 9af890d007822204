"""Access: every endpoint says who may come in; one that says nothing answers 403 and stops a test's boot."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar
from uuid import UUID

from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, current_user

from .actor import Actor, MembershipSummary
from .db import db
from .errors import Forbidden
from .permissions import Permission
from .tenancy import ANONYMOUS, Context, bind_context

__all__ = ["Actor", "current_actor", "find_actor", "init_access", "public", "requires", "signed_in"]

View = TypeVar("View", bound=Callable[..., Any])
ORGANISATION = "organisation_id"


@dataclass(frozen=True)
class Access:
    """An endpoint's declaration: a permission, or the reason why none is needed."""

    permission: Permission | None
    reason: str
    anonymous: bool


@dataclass(frozen=True)
class SignedIn:
    """A signed-in person as Flask-Login holds them: read afresh at each request, so a removal works at once."""

    user_id: UUID
    display_name: str
    session_epoch: int
    memberships: tuple[MembershipSummary, ...]
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """What the cookie holds: the person and the epoch, so that a changed password signs others out."""
        return f"{self.user_id}:{self.session_epoch}"


class LoadSignedIn(Protocol):
    def __call__(self, user_id: UUID, session_epoch: int) -> SignedIn | None: ...


def requires(permission: Permission) -> Callable[[View], View]:
    """The endpoint needs this permission in the current organisation."""
    return _declare(Access(permission, str(permission), anonymous=False))


def signed_in(reason: str) -> Callable[[View], View]:
    """Any member may; ``reason`` says why no permission is needed."""
    return _declare(Access(None, reason, anonymous=False))


def public(reason: str) -> Callable[[View], View]:
    """Anyone may, signed in or not; ``reason`` says why."""
    return _declare(Access(None, reason, anonymous=True))


def _declare(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.__access__ = access  # type: ignore[attr-defined]
        return view

    return mark


def access_of(app: Flask, endpoint: str) -> Access | None:
    """An endpoint's declaration, or ``None`` where it has none."""
    found = getattr(app.view_functions.get(endpoint), "__access__", None)
    return found if isinstance(found, Access) else None


def undeclared_endpoints(app: Flask) -> list[str]:
    """Endpoints without a declaration: the guard test's list, empty or the boot is refused in tests."""
    return sorted(name for name in app.view_functions if access_of(app, name) is None)


def current_actor() -> Actor:
    """The signed-in actor; raises :class:`Forbidden` where nobody is, or without any membership."""
    actor = find_actor()
    if actor is None:
        raise Forbidden("Sign in first.")
    return actor


def find_actor() -> Actor | None:
    """The actor of this request, or ``None`` for the public."""
    found = g.get("actor")
    return found if isinstance(found, Actor) else None


def init_access(app: Flask, load_signed_in: LoadSignedIn) -> None:
    """Install sign-in, the gate before every request, and the context of ``db.session``."""
    manager = LoginManager(app)
    manager.session_protection = None

    @manager.user_loader
    def load(cookie: str) -> SignedIn | None:
        user_id, _, epoch = cookie.partition(":")
        try:
            return load_signed_in(UUID(user_id), int(epoch))
        except ValueError:
            return None

    _declare(Access(None, "assets hold nothing private", anonymous=True))(app.view_functions["static"])
    app.before_request(_gate)


def _gate() -> Response | None:
    """Decide before any view runs: no endpoint 404, undeclared 403, then sign-in, then permission."""
    if request.endpoint is None:
        _bind_person()
        return None
    if request.endpoint == "static":
        return None
    access = access_of(current_app, request.endpoint)
    if access is None:
        raise Forbidden("This page declares nobody who may open it.")
    actor = _bind_person()
    if access.anonymous:
        return None
    if not current_user.is_authenticated:
        return _to_sign_in()
    if actor is None:
        raise Forbidden("You are not a member of any organisation here. Ask the one that invited you.")
    if g.get("has_left") and request.method not in ("GET", "HEAD"):
        # What was written for the organisation they have left is not another's to keep.
        raise Forbidden("You are no longer a member of the organisation that this page was opened for.")
    if access.permission is not None:
        actor.check(access.permission)
    return None


def _bind_person() -> Actor | None:
    """Set ``g.actor`` and bind the session; the organisation comes from a membership, never from the form."""
    actor = _actor(current_user) if current_user.is_authenticated else None
    g.actor = actor
    if actor is not None:
        bind_context(db.session, Context(organisation_id=actor.organisation_id, user_id=actor.user_id))
    elif getattr(current_app.view_functions.get(request.endpoint or ""), "__own_context__", False) is False:
        bind_context(db.session, ANONYMOUS)
    return actor


def own_context(view: View) -> View:
    """The public endpoint binds its own context (a signing, an invitation) before it touches the database."""
    view.__own_context__ = True  # type: ignore[attr-defined]
    return view


def _actor(person: SignedIn) -> Actor | None:
    chosen = session.get(ORGANISATION)
    memberships = person.memberships
    if not memberships:
        return None
    current = next((m for m in memberships if str(m.organisation_id) == chosen), memberships[0])
    if chosen != str(current.organisation_id):
        session[ORGANISATION] = str(current.organisation_id)
        g.has_left = chosen is not None
    return Actor(
        user_id=person.user_id,
        display_name=person.display_name,
        organisation_id=current.organisation_id,
        organisation_name=current.organisation_name,
        role=current.role,
        unit_id=current.unit_id,
        campaign_id=current.campaign_id,
        memberships=tuple(replace(m, is_current=m is current) for m in memberships),
    )


def _to_sign_in() -> Response:
    if request.method != "GET" or request.accept_mimetypes.best == "application/json":
        if request.accept_mimetypes.best == "application/json":
            abort(401)
        return redirect(
            url_for("accounts.sign_in", next=request.referrer and _own_path(request.referrer)), 303
        )  # type: ignore[return-value]
    return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)  # type: ignore[return-value]


def _own_path(address: str) -> str | None:
    """The path of an address on this site; ``None`` for another site's."""
    return (
        address.removeprefix(request.host_url.rstrip("/")) if address.startswith(request.host_url) else None
    )
