"""Access: every endpoint says who may come in; one that says nothing answers 403 and stops a test's boot."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from uuid import UUID

from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, current_user

from .actor import Actor, MembershipSummary
from .clock import now
from .db import db
from .errors import Forbidden
from .permissions import Permission
from .tenancy import ANONYMOUS, Context, bind_context

__all__ = [
    "Actor",
    "Readers",
    "current_actor",
    "find_actor",
    "init_access",
    "public",
    "requires",
    "signed_in",
]

View = TypeVar("View", bound=Callable[..., Any])
ORGANISATION = "organisation_id"


class Readers(StrEnum):
    """For whom a page is written. The public's pages are in several languages, staff's in English.

    ``BOTH``: a page that the public reads in its own language, and a member in the frame of staff's pages.
    """

    STAFF = "staff"
    PUBLIC = "public"
    BOTH = "both"


@dataclass(frozen=True)
class Access:
    """An endpoint's declaration: a permission, or the reason why none is needed; and for whom it is written."""

    permission: Permission | None
    reason: str
    anonymous: bool
    readers: Readers = Readers.STAFF


@dataclass(frozen=True)
class SignedIn:
    """A signed-in person as Flask-Login holds them: read afresh at each request, so a removal works at once."""

    user_id: UUID
    display_name: str
    session_epoch: int
    memberships: tuple[MembershipSummary, ...]
    has_second_factor: bool = False
    # Signed in by a mailed link: a row that can be ended, and an officer's rights only.
    session_id: UUID | None = None
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """What the cookie holds: the person and the epoch, so that a changed password signs others out; then the session."""
        kept = f"{self.user_id}:{self.session_epoch}"
        return f"{kept}:{self.session_id}" if self.session_id else kept


class _Sessions(SecureCookieSessionInterface):
    """The session's cookie, which cookieless endpoints neither set nor vary by, whoever looked at it."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not is_cookieless(request.endpoint):
            super().save_session(app, session, response)


class LoadSignedIn(Protocol):
    def __call__(
        self, user_id: UUID, session_epoch: int, session_id: UUID | None = None
    ) -> SignedIn | None: ...


def requires(permission: Permission) -> Callable[[View], View]:
    """The endpoint needs this permission in the current organisation."""
    return _declare(Access(permission, str(permission), anonymous=False))


def signed_in(reason: str) -> Callable[[View], View]:
    """Any member may; ``reason`` says why no permission is needed."""
    return _declare(Access(None, reason, anonymous=False))


def public(reason: str, readers: Readers = Readers.PUBLIC) -> Callable[[View], View]:
    """Anyone may, signed in or not; ``reason`` says why. ``readers`` decides the page's language."""
    return _declare(Access(None, reason, anonymous=True, readers=readers))


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


def may_open(endpoint: str) -> bool:
    """Whether there is such a place and who is signed in may open it: for links that lead to later domains."""
    access = access_of(current_app, endpoint)
    if access is None:
        return False
    actor = find_actor()
    return access.permission is None or (actor is not None and actor.can(access.permission))


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
        parts = cookie.split(":")
        try:
            user_id, epoch = parts[:2]
            return load_signed_in(UUID(user_id), int(epoch), UUID(parts[2]) if parts[2:] else None)
        except ValueError:
            return None

    app.session_interface = _Sessions()
    _declare(Access(None, "assets hold nothing private", anonymous=True))(app.view_functions["static"])
    app.jinja_env.globals["may_open"] = may_open
    app.before_request(_gate)


def _gate() -> Response | None:
    """Decide before any view runs: no endpoint 404, undeclared 403, then sign-in, then permission."""
    if request.endpoint is None:
        _bind_person()
        return None
    if request.endpoint == "static" or is_cookieless(request.endpoint):
        return None
    access = access_of(current_app, request.endpoint)
    if access is None:
        raise Forbidden("This page declares nobody who may open it.")
    actor = _bind_person()
    if access.anonymous:
        return None
    if g.get("second_factor_owed"):
        return to_second_factor()
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
    due = second_factor_due(actor) if actor else None
    if due is not None and due <= now() and not _is_before_second_factor(request.endpoint):
        # Until it is set up they are no more than the public here; a page of the organisation's sends them there.
        g.second_factor_owed, actor = True, None
    g.actor = actor
    if actor is not None:
        bind_context(db.session, Context(organisation_id=actor.organisation_id, user_id=actor.user_id))
    elif getattr(current_app.view_functions.get(request.endpoint or ""), "__own_context__", False) is False:
        bind_context(db.session, ANONYMOUS)
    return actor


def second_factor_due(actor: Actor) -> datetime | None:
    """From when on this organisation lets its member in by two factors only; ``None`` where they have them, or may."""
    if current_user.has_second_factor:
        return None
    return next((m.second_factor_due for m in actor.memberships if m.is_current), None)


def owes_second_factor() -> bool:
    """Whether who asks is a member who has to set up a second factor before anything else."""
    return bool(g.get("second_factor_owed"))


def to_second_factor() -> Response:
    """The page that says why, and sets it up."""
    return redirect(url_for("accounts.second_factor"), 303)  # type: ignore[return-value]


def before_second_factor(view: View) -> View:
    """The endpoint is open to a member who still has to set up the second factor that is demanded of them."""
    view.__before_second_factor__ = True  # type: ignore[attr-defined]
    return view


def _is_before_second_factor(endpoint: str | None) -> bool:
    return getattr(current_app.view_functions.get(endpoint or ""), "__before_second_factor__", False)


def own_context(view: View) -> View:
    """The public endpoint binds its own context (a signing, an invitation) before it touches the database."""
    view.__own_context__ = True  # type: ignore[attr-defined]
    return view


def cookieless(view: View) -> View:
    """The public endpoint reads no cookie and sets none, so that browsers and proxies may keep its answer for all."""
    view.__cookieless__ = True  # type: ignore[attr-defined]
    return view


def is_cookieless(endpoint: str | None) -> bool:
    """Whether who asks makes no difference to this endpoint: nobody is looked up for it."""
    return getattr(current_app.view_functions.get(endpoint or ""), "__cookieless__", False)


def _actor(person: SignedIn) -> Actor | None:
    chosen = session.get(ORGANISATION)
    memberships = person.memberships
    if not memberships:
        return None
    current = next((m for m in memberships if str(m.organisation_id) == chosen), memberships[0])
    if chosen != str(current.organisation_id):
        session[ORGANISATION] = str(current.organisation_id)
        g.has_left = chosen is not None
    return actor_of(person, current)


def actor_of(person: SignedIn, current: MembershipSummary) -> Actor:
    """A person acting by one of their memberships."""
    return Actor(
        user_id=person.user_id,
        display_name=person.display_name,
        organisation_id=current.organisation_id,
        organisation_name=current.organisation_name,
        role=current.role,
        unit_id=current.unit_id,
        campaign_id=current.campaign_id,
        memberships=tuple(replace(m, is_current=m is current) for m in person.memberships),
        subtree_id=current.subtree_id,
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
