"""Taking a model's newer version over into one's own text: own changes stay where the model left the words alone. Pure.

Three texts are laid beside each other clause by clause: the version that the draft was made of, the draft, the newer version.
Where only one side changed, that side's words stand; where both did and not alike, whoever writes chooses.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from organising.motions.differing import align
from organising.motions.text import PARTS, MotionText, clauses_of

FIELDS = ("title", *PARTS)


class Choice(StrEnum):
    """What to do where both sides changed the same clauses."""

    OURS = "ours"
    MODEL = "model"
    BOTH = "both"


@dataclass(frozen=True)
class Stretch:
    """Some clauses in a row. ``key`` is empty where nothing is to be asked, and ``ours`` then stands."""

    key: str
    base: tuple[str, ...]
    ours: tuple[str, ...]
    model: tuple[str, ...]

    @property
    def likely(self) -> Choice:
        """What is offered first: clauses that either side only added can all stand."""
        return Choice.OURS if self.base else Choice.BOTH

    def settle(self, choice: Choice) -> tuple[str, ...]:
        """The clauses that stand after a choice."""
        if not self.key or choice is Choice.OURS:
            return self.ours
        return self.model if choice is Choice.MODEL else self.ours + self.model


@dataclass(frozen=True)
class Merge:
    """The stretches of each field in their order."""

    fields: Mapping[str, tuple[Stretch, ...]]

    @property
    def questions(self) -> list[tuple[str, Stretch]]:
        """What is to be asked, each with the field that it is in."""
        return [(name, one) for name, found in self.fields.items() for one in found if one.key]

    def settle(self, choices: Mapping[str, Choice]) -> MotionText:
        """The text, with each question answered; raises :class:`KeyError` for one that is not. Both titles make no title."""
        said = {}
        for name, found in self.fields.items():
            clauses = [words for one in found for words in one.settle(_chosen(one, choices))]
            said[name] = "\n".join(clauses[:1] if name == "title" else clauses)
        return MotionText.of(said)


def _chosen(one: Stretch, choices: Mapping[str, Choice]) -> Choice:
    return choices[one.key] if one.key else Choice.OURS


def merge(base: MotionText, ours: MotionText, model: MotionText) -> Merge:
    """Lay ``model`` (the newer version) into ``ours``, where both come from ``base``."""
    return Merge(
        {
            name: tuple(_stretches(name, *[_clauses(text, name) for text in (base, ours, model)]))
            for name in FIELDS
        }
    )


def _clauses(text: MotionText, name: str) -> tuple[str, ...]:
    return (text.title,) if name == "title" else clauses_of(getattr(text, name))


def _stretches(
    name: str, base: Sequence[str], ours: Sequence[str], model: Sequence[str]
) -> Iterator[Stretch]:
    """Clause by clause where both sides still have it, in whatever words; and what stands between such clauses."""
    in_ours, in_model = align(base, ours), align(base, model)
    at = (0, 0, 0)
    kept = [place for place in range(len(base)) if place in in_ours and place in in_model]
    for number, here in enumerate([*kept, len(base)]):
        is_end = here == len(base)
        to = (len(base), len(ours), len(model)) if is_end else (here, in_ours[here], in_model[here])
        cut = [tuple(text[a:b]) for text, a, b in zip((base, ours, model), at, to, strict=True)]
        yield _stand(f"{name}-{number}-between", *cut)
        if not is_end:
            yield _stand(f"{name}-{number}", (base[here],), (ours[to[1]],), (model[to[2]],))
            at = (to[0] + 1, to[1] + 1, to[2] + 1)


def _stand(key: str, base: tuple[str, ...], ours: tuple[str, ...], model: tuple[str, ...]) -> Stretch:
    if ours == model or model == base:
        return Stretch("", base, ours, ())
    if ours == base:
        return Stretch("", base, model, ())
    return Stretch(key, base, ours, model)
