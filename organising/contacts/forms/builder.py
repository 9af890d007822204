"""The builder of segments as a form: a tree in names of fields, changed by buttons, without any script."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from ...platform.actor import Actor
from ...platform.form_parts import Confirming, VersionField
from ..criteria import DEEPEST, LONGEST_VALUE, MOST_CONDITIONS, Condition, Group, Mode
from ..queries.questions import Operator, Question, Takes, Theme
from .contacts import plain

Path = tuple[int, ...]
ROOT: Path = (0,)
NAMED = re.compile(r"(?:mode|field)-(\d{1,3}(?:-\d{1,3}){0,6})")
THEMES = {
    Theme.WHO: _l("Who they are"),
    Theme.WHERE: _l("Where they are"),
    Theme.FIELDS: _l("Your own fields"),
    Theme.AGREED: _l("What they agreed to"),
    Theme.DID: _l("What happened"),
    Theme.WHEN: _l("When"),
}
MODES = {Mode.ALL: _l("all of these"), Mode.ANY: _l("any of these"), Mode.NONE: _l("none of these")}
INPUTS = {Takes.TEXT: "text", Takes.NUMBER: "text", Takes.DAYS: "text", Takes.DAY: "date"}


class SegmentForm(Confirming):
    """The name, and the version that the form shows. The tree is read beside it."""

    version = VersionField()
    name = StringField(_l("Name of the segment"), filters=[plain])


@dataclass(frozen=True)
class Row:
    """A condition as the builder shows it. ``error``: what to put right; ``is_new``: added just now."""

    path: Path
    condition: Condition
    question: Question | None
    operator: Operator | None
    choices: Sequence[tuple[str, Any]]
    error: str = ""
    is_new: bool = False

    @property
    def name(self) -> str:
        """Its place, in names and ids."""
        return named(self.path)

    @property
    def is_group(self) -> bool:
        """For the template."""
        return False

    @property
    def takes(self) -> str:
        """With what it is compared: an element's type, ``choice``, or nothing."""
        if self.operator is None or self.operator.takes is Takes.NOTHING:
            return ""
        return INPUTS.get(self.operator.takes, "choice")


@dataclass(frozen=True)
class Nest:
    """A group as the builder shows it."""

    path: Path
    mode: Mode
    rows: tuple["Row | Nest", ...]
    may_nest: bool

    @property
    def name(self) -> str:
        """Its place, in names and ids."""
        return named(self.path)

    @property
    def is_group(self) -> bool:
        """For the template."""
        return True


def named(path: Path) -> str:
    """A place as it stands in names."""
    return "-".join(map(str, path))


def read_tree(sent: Mapping[str, str]) -> Group:
    """The tree in a form that was sent. What fits nowhere is left out; numbers are in the order of the page."""
    paths = sorted(
        {tuple(map(int, found[1].split("-"))) for name in sent if (found := NAMED.fullmatch(name))}
    )
    return _read_group(sent, ROOT, paths[: MOST_CONDITIONS * 3])


def _read_group(sent: Mapping[str, str], path: Path, paths: Sequence[Path]) -> Group:
    parts: list[Condition | Group] = []
    for one in paths:
        if len(one) != len(path) + 1 or one[:-1] != path:
            continue
        name = named(one)
        if f"field-{name}" in sent:
            parts.append(_read_condition(sent, name))
        elif len(path) < DEEPEST:
            parts.append(_read_group(sent, one, paths))
    mode = sent.get(f"mode-{named(path)}", "")
    return Group(Mode(mode) if mode in set(Mode) else Mode.ALL, tuple(parts))


def _read_condition(sent: Mapping[str, str], name: str) -> Condition:
    field, operator, value = (plain(sent.get(f"{one}-{name}", "")) for one in ("field", "operator", "value"))
    return Condition(field[:100], operator[:40], value.strip()[: LONGEST_VALUE + 1])


def changed(
    group: Group, act: str, sent: Mapping[str, str], questions: Mapping[str, Question]
) -> tuple[Group, Path | None]:
    """The tree after a button (``add:0-1``, ``group:0``, ``out:0-2``), and the place of what is new in it."""
    what, _colon, where = act.partition(":")
    if not re.fullmatch(r"\d{1,3}(?:-\d{1,3}){0,6}", where):
        return group, None
    path = tuple(map(int, where.split("-")))
    if what == "out" and len(path) > 1:
        return _without(group, path[1:]), None
    target = _find(group, path[1:])
    if target is None:
        return group, None
    key = sent.get(f"add-{where}", "")
    if what == "add" and key in questions:
        added: Condition | Group = Condition(key, questions[key].operators[0].key)
    elif what == "group" and len(path) < DEEPEST:
        added = Group(Mode.NONE if target.mode is Mode.ANY else Mode.ANY)
    else:
        return group, None
    return _replaced(group, path[1:], replace(target, parts=(*target.parts, added))), (
        *path,
        len(target.parts),
    )


def _find(group: Group, path: Path) -> Group | None:
    for place in path:
        part = group.parts[place] if place < len(group.parts) else None
        if not isinstance(part, Group):
            return None
        group = part
    return group


def _replaced(group: Group, path: Path, new: Group) -> Group:
    if not path:
        return new
    inner = group.parts[path[0]]
    assert isinstance(inner, Group)
    parts = (*group.parts[: path[0]], _replaced(inner, path[1:], new), *group.parts[path[0] + 1 :])
    return replace(group, parts=parts)


def _without(group: Group, path: Path) -> Group:
    place = path[0]
    if place >= len(group.parts):
        return group
    before, after = group.parts[:place], group.parts[place + 1 :]
    part = group.parts[place]
    if len(path) == 1:
        return replace(group, parts=(*before, *after))
    return (
        replace(group, parts=(*before, _without(part, path[1:]), *after))
        if isinstance(part, Group)
        else group
    )


def finished(group: Group, faults: Mapping[int, str]) -> Group:
    """The same without conditions that are not finished: what can be counted meanwhile."""
    numbers = iter(range(len(list(group.conditions()))))

    def kept(one: Group) -> Group:
        parts = []
        for part in one.parts:
            if isinstance(part, Group):
                parts.append(kept(part))
            elif next(numbers) not in faults:
                parts.append(part)
        return replace(one, parts=tuple(parts))

    return kept(group)


def laid_out(
    group: Group,
    questions: Mapping[str, Question],
    *,
    faults: Mapping[int, str] | None = None,
    new: Path | None = None,
) -> Nest:
    """The tree as the builder shows it. ``faults``: by the number of the condition."""
    numbers = iter(range(len(list(group.conditions()))))
    kept: dict[str, Sequence[tuple[str, Any]]] = {}

    def row(one: Condition, path: Path) -> Row:
        question = questions.get(one.field)
        operator = question.operator(one.operator) if question else None
        choices: Sequence[tuple[str, Any]] = ()
        if question and operator and operator.takes in (Takes.CHOICE, Takes.ID):
            choices = kept[one.field] = kept.get(one.field) or tuple(question.choices())
        return Row(path, one, question, operator, choices, (faults or {}).get(next(numbers), ""), path == new)

    def nest(one: Group, path: Path) -> Nest:
        rows = tuple(
            nest(part, (*path, place)) if isinstance(part, Group) else row(part, (*path, place))
            for place, part in enumerate(one.parts)
        )
        return Nest(path, one.mode, rows, len(path) < DEEPEST)

    return nest(group, ROOT)


def offered(questions: Mapping[str, Question], actor: Actor) -> list[tuple[Any, list[tuple[str, Any]]]]:
    """What can be added, under its headings. Fields that were put away are not offered again."""
    found = []
    for theme, heading in THEMES.items():
        rows = [
            (key, one.label)
            for key, one in questions.items()
            if one.theme is theme and one.is_offered and (one.permission is None or actor.can(one.permission))
        ]
        if rows:
            found.append((heading, rows))
    return found
