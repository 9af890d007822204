"""The list, one statement's page, its versions with what differs, and its PDF."""

from typing import Any
from uuid import UUID

from flask import Response, render_template, request
from flask_babel import gettext as _

from organising.organisations.queries import is_lead
from organising.platform.access import current_actor, requires
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.differences import compare_texts
from organising.platform.given import as_version
from organising.platform.pagination import page
from organising.platform.permissions import Permission
from organising.platform.ui import long_datetime
from organising.statements import queries, words
from organising.statements.document import make_document
from organising.statements.forms import CommentForm, FilterForm, ResolutionForm
from organising.statements.models import Statement, StatementSignOff, StatementVersion
from organising.statements.services.signing import OWN_WORDS, why_not_sign
from organising.statements.states import TRANSITIONS, State, may

from .blueprint import blueprint


@blueprint.get("/statements")
@requires(Permission.STATEMENTS_VIEW)
def index() -> str:
    """The coalition's statements that this person may know of."""
    actor = current_actor()
    form = FilterForm(formdata=request.args)
    filters = form.filters()
    found = page(
        queries.list_statements(actor, filters),
        order_by=[Statement.created_at, Statement.id],
        cursor=request.args.get("cursor"),
        descending=True,
    )
    waiting = (
        list(queries.list_waiting(actor.organisation_id, reader=actor))
        if actor.can(Permission.STATEMENTS_SIGN)
        else []
    )
    return render_template(
        "statements/index.html",
        actor=actor,
        form=form,
        page=found,
        filters=filters,
        waiting=waiting,
        owners=queries.list_owner_names([*found.items, *waiting]),
    )


@blueprint.get("/statements/<uuid:statement_id>")
@requires(Permission.STATEMENTS_VIEW)
def show(statement_id: UUID) -> str:
    """One statement: its text for whoever may read it, where it stands, and what can be done next."""
    return statement_page(statement_id)


def statement_page(
    statement_id: UUID, *, comment: CommentForm | None = None, problem: str = "", answers: UUID | None = None
) -> str:
    """The page; with what was typed into a comment, and why it or a step was refused."""
    actor = current_actor()
    statement = queries.get_statement(statement_id)
    version = queries.find_version(statement)
    asked = queries.list_asked(statement) if version is not None else []
    own, why_not = queries.find_own_sign_off(actor, statement), why_not_sign(actor, statement)
    return render_template(
        "statements/show.html",
        actor=actor,
        statement=statement,
        version=version,
        verbs=list_verbs(actor, statement, version),
        threads=queries.list_threads(statement) if version is not None else [],
        asked=asked,
        waited=[one for one in asked if one.is_waited_for],
        signatories=queries.list_signatories(statement) if version is not None else [],
        own=own,
        may_sign=why_not is None,
        why_not=why_not if why_not == OWN_WORDS else None,
        is_own=statement.organisation_id == actor.organisation_id,
        owner=queries.list_owner_names([statement])[statement.organisation_id],
        taken_on=queries.find_taken_on(statement),
        since=None if own and own.stands else _changed_since(actor, statement, version),
        comment=comment or CommentForm(formdata=None),
        resolution=ResolutionForm(formdata=None),
        answers=answers,
        problem=problem,
        states=[state for state in State if state is not State.EMBARGOED or statement.embargo_at],
        at=now(),
    )


def list_verbs(actor: Actor, statement: Statement, version: StatementVersion | None) -> set[str]:
    """What this person can do to it as it stands now."""
    is_own, leads = statement.organisation_id == actor.organisation_id, is_lead(actor)
    verbs = {
        verb
        for verb, step in TRANSITIONS.items()
        if statement.state in step.sources and may(actor, verb, is_own=is_own, is_lead=leads)
    }
    if version is None:
        return set()
    if statement.is_put_away:
        return {"bring_back"} if "consult" in verbs else set()
    if statement.state == State.DRAFT and "consult" in verbs:
        verbs.add("put_away")
    drafts, publishes = actor.can(Permission.STATEMENTS_DRAFT), actor.can(Permission.STATEMENTS_PUBLISH)
    if is_own and drafts and (statement.is_open or (publishes and leads and statement.is_frozen)):
        verbs |= {"write", "plan"}
    if drafts and statement.is_open:
        verbs.add("comment")
    if is_own and drafts and statement.is_open:
        verbs.add("resolve")
    if statement.state == State.RELEASED:
        verbs |= _after(actor, statement, is_publisher=is_own and publishes and leads)
    if not is_own and publishes and leads and statement.is_open:
        verbs.add("take_on")
    return verbs


def _after(actor: Actor, statement: Statement, *, is_publisher: bool) -> set[str]:
    verbs = {"correct"} if is_publisher else set()
    if is_publisher and not statement.is_public:
        verbs.add("restore" if statement.retired_at else "retire")
    if statement.is_public and actor.can(Permission.MAILINGS_DRAFT):
        verbs.add("mail")
    return verbs


def _changed_since(
    actor: Actor, statement: Statement, version: StatementVersion | None
) -> tuple[StatementSignOff, StatementVersion] | None:
    """The void sign-off that the actor's organisation gave last, and the text that it was given to."""
    if version is None:
        return None
    void = queries.find_void_sign_off(actor, statement)
    if void is None or void.digest == version.digest:
        return None
    signed = queries.find_by_digest(statement, void.digest)
    return (void, signed) if signed else None


@blueprint.get("/statements/<uuid:statement_id>/versions")
@requires(Permission.STATEMENTS_VIEW)
def versions(statement_id: UUID) -> str:
    """Every text that this person may read, and what differs between two of them."""
    statement = queries.get_statement(statement_id)
    listed = queries.list_versions(statement)
    queries.get_version(statement)
    latest = listed[0].number
    wanted = as_version(request.args.get("to")) or latest
    after = queries.get_version(statement, wanted)
    from_number = as_version(request.args.get("from")) or wanted - 1
    before = queries.find_version(statement, from_number) if from_number else None
    values: dict[str, Any] = {}
    if before is not None:
        values = {
            "headline": compare_texts(before.headline, after.headline),
            "body": compare_texts(before.body, after.body),
        }
    return render_template(
        "statements/versions.html",
        actor=current_actor(),
        statement=statement,
        versions=listed,
        before=before,
        after=after,
        differences=values,
        may_restore=statement.is_open and "write" in list_verbs(current_actor(), statement, after),
    )


@blueprint.get("/statements/<uuid:statement_id>.pdf")
@requires(Permission.STATEMENTS_VIEW)
def pdf(statement_id: UUID) -> Response:
    """The text that stands as a PDF, marked with what it is; for whoever may read it."""
    statement = queries.get_statement(statement_id)
    version = queries.get_version(statement)
    mark = words.state_words(statement.state)
    if statement.embargo_at and statement.state != State.RELEASED:
        mark = _(
            "%(state)s. Under embargo until %(time)s", state=mark, time=long_datetime(statement.embargo_at)
        )
    document = make_document(statement, version, queries.list_signatories(statement), mark=mark)
    return Response(
        document,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="statement-version-{version.number}.pdf"'},
    )
