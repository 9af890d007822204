"""The list of representatives, its search, and the salutations that people check."""

from __future__ import annotations

from uuid import UUID

from flask import (
    Response,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from organising.platform.access import current_actor, requires
from organising.platform.clock import today
from organising.platform.db import get_or_404
from organising.platform.errors import Invalid
from organising.platform.pagination import page
from organising.platform.paths import own_path
from organising.platform.permissions import Permission
from organising.platform.tenancy import writing_reference
from organising.representatives import queries
from organising.representatives.forms import CheckedSalutationsForm, RepresentativeFilter, SalutationForm
from organising.representatives.models import Person
from organising.representatives.postcode_format import find_key
from organising.representatives.queries.imports import count_open_questions
from organising.representatives.services import check_salutation
from organising.representatives.views.blueprint import blueprint
from organising.representatives.words import PREFERENCES

PAGE = 50
LONGEST_SEARCH = 100


@blueprint.get("")
@requires(Permission.REPRESENTATIVES_VIEW)
def index() -> str:
    """Who is in office, filtered by what stands in the address."""
    day = today()
    form = RepresentativeFilter(request.args)
    form.offer(day)
    people = queries.list_people(
        on=day,
        words=(form.q.data or "")[:LONGEST_SEARCH],
        kind=form.kind.data,
        party=form.party.data,
        region=form.region.data,
    )
    found = page(people, order_by=[Person.sort_key, Person.id], cursor=request.args.get("cursor"), size=PAGE)
    return render_template(
        "representatives/index.html",
        form=form,
        page=found,
        total=queries.count_people(people),
        holdings=queries.current_holdings([one.id for one in found.items], day),
        may_import=current_actor().can(Permission.REPRESENTATIVES_IMPORT),
        open_questions=count_open_questions()
        if current_actor().can(Permission.REPRESENTATIVES_IMPORT)
        else 0,
        may_check_salutations=current_actor().can(Permission.MAILINGS_DRAFT),
        postcode=(form.q.data or "").strip() if find_key(form.q.data or "") else "",
    )


@blueprint.get("/search.json")
@requires(Permission.REPRESENTATIVES_VIEW)
def search() -> Response:
    """Suggestions for a combobox: ``[{id, label, detail}]``."""
    words = request.args.get("q", "")[:LONGEST_SEARCH]
    return jsonify(
        [
            {"id": str(one.id), "label": one.label, "detail": one.detail}
            for one in queries.search(words, on=today())
        ]
    )


@blueprint.get("/<uuid:person_id>/record")
@requires(Permission.REPRESENTATIVES_VIEW)
def show(person_id: UUID) -> str:
    """What is on public record of a person. What the campaign knows is the target page, one step up."""
    person = get_or_404(Person, person_id)
    holdings = queries.current_holdings([person.id], today())
    return render_template(
        "representatives/show.html",
        person=person,
        current=holdings.get(person.id),
        holdings=queries.list_holdings(person.id),
        names=queries.list_names(person.id),
        contact_points=queries.list_contact_points(person.id),
        preference=PREFERENCES.get(person.contact_preference or ""),
        may_edit=current_actor().can(Permission.REPRESENTATIVES_IMPORT),
    )


@blueprint.route("/<uuid:person_id>/salutation", methods=["GET", "POST"])
@requires(Permission.MAILINGS_DRAFT)
def salutation(person_id: UUID) -> str | AnyResponse | tuple[str, int]:
    """Check or mend how letters to one person begin."""
    person = get_or_404(Person, person_id)
    holding = queries.current_holdings([person.id], today()).get(person.id)
    greeting = person.greeting(holding.kind if holding else "former")
    form = SalutationForm(salutation=greeting.text)
    if form.validate_on_submit():
        _check({person_id: form.salutation.data or ""})
        flash(_("Letters to %(name)s now begin “Dear %(words)s,”.", name=person.name,
                words=form.salutation.data), "success")  # fmt: skip
        return redirect(_back() or url_for(".salutations"), 303)
    context = {"form": form, "person": person, "holding": holding, "greeting": greeting, "back": _back()}
    return render_template("representatives/salutation.html", **context), 422 if form.errors else 200


@blueprint.route("/salutations", methods=["GET", "POST"])
@requires(Permission.MAILINGS_DRAFT)
def salutations() -> str | AnyResponse:
    """Look through the salutations that nobody has checked, a page at a time."""
    day = today()
    form = CheckedSalutationsForm()
    if form.validate_on_submit():
        checked = _check(_ticked())
        flash(ngettext("%(num)s salutation checked.", "%(num)s salutations checked.", checked), "success")
        return redirect(url_for(".salutations"), 303)
    unchecked = queries.list_unchecked_salutations(on=day)
    found = page(
        unchecked, order_by=[Person.sort_key, Person.id], cursor=request.args.get("cursor"), size=PAGE
    )
    return render_template(
        "representatives/salutations.html", form=form, page=found, total=queries.count_people(unchecked)
    )


def _ticked() -> dict[UUID, str]:
    """The salutations as they stood on the page, so that nobody confirms words that they did not see."""
    try:
        ids = [UUID(one) for one in request.form.getlist("person")]
    except ValueError:
        raise Invalid(_("This form is damaged. Reload the page and send it again.")) from None
    return {one: request.form.get(f"words-{one}", "") for one in ids[:PAGE]}


def _check(words: dict[UUID, str]) -> int:
    """Write to the reference tables, for which the request's own session has no right."""
    actor = current_actor()
    with writing_reference(actor):
        return sum(check_salutation(actor, person_id, one) for person_id, one in words.items())


def _back() -> str | None:
    """Where the person came from within the product, as the form remembers it."""
    return own_path(request.values.get("back"))
