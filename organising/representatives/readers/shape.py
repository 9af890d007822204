"""Walking foreign JSON so that a surprise names its own place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from organising.representatives.readers.sources import UnreadableFile, tidy

_WORDS = {
    dict: "an object",
    list: "a list",
    str: "text",
    int: "a number",
    float: "a number",
    bool: "true or false",
}


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON object and where it stands (`$.persons[3]`); reading another shape raises UnreadableFile."""

    file: Path
    path: str
    members: dict[str, Any]

    @classmethod
    def root(cls, file: Path, value: Any) -> Node:
        if not isinstance(value, dict):
            raise UnreadableFile(file, "$", f"expected an object, found {_said(value)}")
        return cls(file, "$", value)

    @property
    def place(self) -> str:
        return self.path.removeprefix("$.") or "$"

    def text(self, name: str) -> str:
        """A text that must be there and say something."""
        found = self.find_text(name)
        if not found:
            raise self._fault(name, "is empty" if name in self.members else "is missing")
        return found

    def find_text(self, name: str) -> str | None:
        """A text, or None where it is absent, null or blank. Whole numbers count as text."""
        value = self.members.get(name)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str):
            raise self._fault(name, f"expected text, found {_said(value)}")
        return self._storable(name, tidy(value)) or None

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; absent is empty, blanks are dropped."""
        values = self._list(name)
        for place, value in enumerate(values):
            if not isinstance(value, str):
                raise self._fault(f"{name}[{place}]", f"expected text, found {_said(value)}")
        return tuple(self._storable(name, tidy(value)) for value in values if tidy(value))

    def node(self, name: str) -> Node:
        """An object that must be there."""
        if name not in self.members:
            raise self._fault(name, "is missing")
        value = self.members[name]
        if not isinstance(value, dict):
            raise self._fault(name, f"expected an object, found {_said(value)}")
        return Node(self.file, f"{self.path}.{name}", value)

    def nodes(self, name: str, *, required: bool = False) -> Iterator[Node]:
        """The objects of a list; absent is empty unless `required`."""
        if required and name not in self.members:
            raise self._fault(name, "is missing")
        for place, value in enumerate(self._list(name)):
            path = f"{self.path}.{name}[{place}]"
            if not isinstance(value, dict):
                raise UnreadableFile(self.file, path, f"expected an object, found {_said(value)}")
            yield Node(self.file, path, value)

    def _list(self, name: str) -> list[Any]:
        value = self.members.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self._fault(name, f"expected a list, found {_said(value)}")
        return value

    def _storable(self, name: str, text: str) -> str:
        """JSON can spell a zero byte and half of a surrogate pair; no database takes either."""
        if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise self._fault(name, "holds a character that is none")
        return text

    def _fault(self, name: str, reason: str) -> UnreadableFile:
        return UnreadableFile(self.file, f"{self.path}.{name}", reason)


def _said(value: Any) -> str:
    return "null" if value is None else _WORDS.get(type(value), type(value).__name__)
