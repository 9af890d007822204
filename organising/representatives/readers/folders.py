"""Which files are meant by what was named: a file is itself, a folder is every file beneath it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from organising.representatives.readers.sources import UnreadableFile


def list_files(named: Iterable[Path]) -> list[Path]:
    """The files named, in this order; those of a folder by name, hidden ones left out, none twice.

    Raises UnreadableFile for a folder without a file.
    """
    found: dict[Path, None] = {}
    for path in named:
        if not path.is_dir():
            found[path] = None
            continue
        beneath = [one for one in sorted(path.rglob("*")) if one.is_file() and not _is_hidden(one, path)]
        if not beneath:
            raise UnreadableFile(path, "", "there is no file in this folder")
        found.update(dict.fromkeys(beneath))
    return list(found)


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)
