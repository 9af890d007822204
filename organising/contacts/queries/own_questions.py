"""What segments ask of contacts themselves: who and where they are, how they are reached, and when they were changed."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, String, and_, false, func, or_, select, true
from sqlalchemy.orm import Mapped

from ...organisations.models import Unit
from ...organisations.queries import list_units
from ...platform.clock import today
from ...platform.context import Context
from ...platform.db import db
from ...platform.tenancy import context_of
from ...representatives.names import fold
from ..models import Contact, ContactArea, ContactDetail, ContactTag, DetailKind, SearchToken
from ..tokens import words_of
from ..words import KINDS, SECTORS, SOURCES
from .contacts import list_areas_with_contacts, list_colleagues, list_tags
from .questions import (
    Operator,
    Question,
    Takes,
    Theme,
    among,
    having,
    moment_operators,
    register_questions,
)


@register_questions
def list_own_questions() -> Iterable[Question]:
    """Questions about the contact's own facts."""
    yield from _who()
    yield from _where()
    yield _reached("email", _l("Email"), _l("they have an email address"), _l("they have no email address"))
    yield _reached("phone", _l("Phone"), _l("they have a phone number"), _l("they have no phone number"))
    yield _reached("address", _l("Address"), _l("they have an address"), _l("they have no address"))
    yield Question(
        "added", _l("Added"), Theme.WHEN, moment_operators(Contact.created_at, _("they were added"))
    )
    changed = func.coalesce(Contact.edited_at, Contact.created_at)
    yield Question(
        "changed", _l("Last changed"), Theme.WHEN, moment_operators(changed, _("they were last changed"))
    )


def _who() -> Iterable[Question]:
    yield Question("name", _l("Name"), Theme.WHO, (
        Operator("begins", _l("begins with"), _l("their name begins with “%(value)s”"),
                 lambda text: Contact.sort_key.op("^@", is_comparison=True)(fold(text)), Takes.TEXT),
        Operator("is", _l("is"), _l("their name is “%(value)s”"), lambda text: Contact.sort_key == fold(text), Takes.TEXT),
        Operator("found", _l("is found by"), _l("the search finds them by “%(value)s”"), _found, Takes.TEXT),
    ))  # fmt: skip
    yield _choice("kind", _l("Person or body"), Theme.WHO, Contact.kind, KINDS)
    yield _choice("sector", _l("Sector"), Theme.WHO, Contact.sector, SECTORS, optional=True)
    yield _choice("source", _l("How you know them"), Theme.WHO, Contact.source, SOURCES, optional=True)
    yield Question("tag", _l("Tag"), Theme.WHO, (
        Operator("has", _l("is"), _l("they bear the tag “%(value)s”"), _tagged, Takes.ID),
        Operator("has_not", _l("is not"), _l("they do not bear the tag “%(value)s”"), lambda tag: ~_tagged(tag), Takes.ID),
        Operator("some", _l("is any at all"), _l("they bear some tag"), lambda _none: having(ContactTag)),
        Operator("none", _l("is none at all"), _l("they bear no tag"), lambda _none: ~having(ContactTag)),
    ), lambda: [(str(tag.id), tag.name) for tag in list_tags()])  # fmt: skip
    yield Question("colleague", _l("Looked after by"), Theme.WHO, (
        Operator("is", _l("is"), _l("%(value)s looks after them"), lambda user: _equals(Contact.colleague_id, user), Takes.ID),
        Operator("is_not", _l("is not"), _l("%(value)s does not look after them"),
                 lambda user: Contact.colleague_id.is_distinct_from(user), Takes.ID),
        Operator("mine", _l("is whoever asks"), _l("whoever asks looks after them"), lambda _none: _mine()),
        Operator("none", _l("is nobody"), _l("nobody looks after them"), lambda _none: Contact.colleague_id.is_(None)),
    ), lambda: [(str(user_id), name) for user_id, name in list_colleagues()])  # fmt: skip


def _where() -> Iterable[Question]:
    yield Question("unit", _l("Branch or group"), Theme.WHERE, (
        Operator("is", _l("is"), _l("their branch or group is %(value)s"), lambda unit: _equals(Contact.unit_id, unit), Takes.ID),
        Operator("within", _l("is, or is below"), _l("their branch or group is %(value)s or one below it"), _within, Takes.ID),
        Operator("is_not", _l("is not"), _l("their branch or group is not %(value)s"),
                 lambda unit: Contact.unit_id.is_distinct_from(unit), Takes.ID),
        Operator("none", _l("is the whole organisation"), _l("they belong to no branch or group"),
                 lambda _none: Contact.unit_id.is_(None)),
    ), lambda: [(str(one.unit.id), "\u2003" * one.depth + one.unit.name) for one in list_units()])  # fmt: skip
    yield Question("postcode", _l("Postcode"), Theme.WHERE, (
        Operator("begins", _l("begins with"), _l("a postcode of theirs begins with %(value)s"), _postcode, Takes.TEXT),
        Operator("begins_not", _l("does not begin with"), _l("no postcode of theirs begins with %(value)s"),
                 lambda text: ~_postcode(text), Takes.TEXT),
        Operator("district", _l("is in the district"), _l("a postcode of theirs is in the district %(value)s"),
                 _district, Takes.TEXT),
        Operator("known", _l("is known"), _l("their postcode is known"), lambda _none: _with_postcode(true())),
        Operator("unknown", _l("is not known"), _l("their postcode is not known"), lambda _none: ~_with_postcode(true())),
    ))  # fmt: skip
    yield Question("area", _l("Constituency, council or police force"), Theme.WHERE, (
        Operator("is", _l("is"), _l("they live or work in %(value)s"), _in_area, Takes.CHOICE),
        Operator("is_not", _l("is not"), _l("they do not live or work in %(value)s"), lambda code: ~_in_area(code), Takes.CHOICE),
        Operator("unknown", _l("is not known"), _l("their areas are not known"), lambda _none: ~having(ContactArea)),
    ), lambda: [(area.gss_code, area.name) for area in list_areas_with_contacts(today())])  # fmt: skip


def _choice(
    key: str, label: Any, theme: Theme, column: Mapped[Any], words: dict[Any, Any], *, optional: bool = False
) -> Question:
    """One of a few words that are the same for everybody."""
    named = str(label)
    said = named[:1].lower() + named[1:]
    operators = [
        Operator("is", _l("is"), f"{said}: %(value)s", lambda value: _equals(column, value), Takes.CHOICE),
        Operator(
            "is_not",
            _l("is not"),
            _("%(field)s: not", field=said) + " %(value)s",
            lambda value: column.is_distinct_from(value),
            Takes.CHOICE,
        ),
    ]
    if optional:
        unknown = _("%(field)s: not known", field=said)
        operators.append(Operator("unknown", _l("is not known"), unknown, lambda _none: column.is_(None)))
    return Question(
        key, label, theme, tuple(operators), lambda: [(str(one), word) for one, word in words.items()]
    )


def _equals(column: Any, value: Any) -> ColumnElement[bool]:
    """Of nothing known this is false, not unknown: "none of these" would leave them out."""
    return and_(column.is_not(None), column == value)


def _reached(kind: str, label: Any, has: Any, has_not: Any) -> Question:
    def there() -> ColumnElement[bool]:
        return having(ContactDetail, ContactDetail.kind == kind, *_holds())

    return Question(kind, label, Theme.WHERE, (
        Operator("has", _l("is known"), has, lambda _none: there()),
        Operator("has_not", _l("is not known"), has_not, lambda _none: ~there()),
    ))  # fmt: skip


def _holds() -> tuple[ColumnElement[bool], ...]:
    """That a detail holds today."""
    on = today()
    return (
        or_(ContactDetail.valid_from.is_(None), ContactDetail.valid_from <= on),
        or_(ContactDetail.valid_until.is_(None), ContactDetail.valid_until >= on),
    )


def _found(text: str) -> ColumnElement[bool]:
    """As in the list: each word begins a word of the name, or the postcode."""
    return and_(
        true(),
        *[
            among(
                Contact.id, select(SearchToken.id).where(SearchToken.token.op("^@", is_comparison=True)(word))
            )
            for word in words_of(text)
        ],
    )


def _tagged(tag_id: Any) -> ColumnElement[bool]:
    return having(ContactTag, ContactTag.tag_id == tag_id)


def _mine() -> ColumnElement[bool]:
    context: Context = context_of(db.session())
    return _equals(Contact.colleague_id, context.user_id) if context.user_id else false()


def _within(unit_id: Any) -> ColumnElement[bool]:
    """The unit and all below it. Unions know no cycle of units: each comes once."""
    tree = select(Unit.id).where(Unit.id == unit_id).cte(recursive=True)
    tree = tree.union(select(Unit.id).where(Unit.parent_id == tree.c.id))
    return among(Contact.unit_id, select(tree.c.id))


def _squeezed(text: str) -> str:
    return "".join(text.split()).upper()


def _with_postcode(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return having(
        ContactDetail,
        ContactDetail.kind == DetailKind.ADDRESS,
        ContactDetail.postcode.is_not(None),
        condition,
        *_holds(),
    )


def _postcode(text: str) -> ColumnElement[bool]:
    bare = func.replace(ContactDetail.postcode, " ", "", type_=String)
    return _with_postcode(bare.op("^@", is_comparison=True)(_squeezed(text)))


def _district(text: str) -> ColumnElement[bool]:
    return _with_postcode(ContactDetail.postcode.op("^@", is_comparison=True)(f"{_squeezed(text)} "))


def _in_area(code: str) -> ColumnElement[bool]:
    return having(ContactArea, ContactArea.gss_code == code)
