"""The public's words in other languages: what is taken from the sources, and the files that the product reads.

`make setup` compiles each `organising/translations/<language>/LC_MESSAGES/messages.po`; `make translations` writes what
the public's pages say now into them. Staff's words are left alone: their pages are in English. babel.cfg names the
sources; of those, a template counts where the public sees it, a module where a view of the public's or a mail uses it.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from babel.messages import Catalog, extract
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
TRANSLATIONS = Path(__file__).resolve().parents[1] / "translations"
DOMAIN = "messages"
KEYWORDS = {**extract.DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None}
WIDTH = 110
# What WTForms says by itself on the public's forms; forms.py looks here before it asks WTForms' own catalogues.
SAID_BY_FORMS = (
    "Not a valid choice.",
    "This field is required.",
    "Field must be between %(min)d and %(max)d characters long.",
    (
        "Field must be at least %(min)d character long.",
        "Field must be at least %(min)d characters long.",
    ),
    (
        "Field cannot be longer than %(max)d character.",
        "Field cannot be longer than %(max)d characters.",
    ),
)
# Lines of a catalogue's head that change with whoever and whenever, and say nothing.
_NOISE = re.compile(
    rb'^"(?:POT-Creation-Date|PO-Revision-Date|Last-Translator|Report-Msgid-Bugs-To|Language-Team|Generated-By):.*\n',
    re.M,
)
# Below these stand the public's pages; what stands below staff's alone is not followed.
PUBLIC_LAYOUTS = {"layout/public.html", "layout/embedded.html"}
DOOR, STAFF_LAYOUT = "layout/door.html", "layout/staff.html"
_NAMED = re.compile(r"{%-?\s*(?:extends|include|import|from)\s+(.*?)\s*-?%}", re.DOTALL)
_EXTENDS = re.compile(r"{%-?\s*extends\s+(.*?)\s*-?%}", re.DOTALL)
_TEMPLATE = re.compile(r"""["']([\w/]+\.html)["']""")


def main(arguments: list[str] | None = None) -> int:
    """Compile what has changed; with `extract`, first write the sources' words into the catalogues."""
    if "extract" in (sys.argv[1:] if arguments is None else arguments):
        write_catalogues()
    compile_catalogues()
    return 0


def list_catalogues(folder: Path = TRANSLATIONS) -> list[Path]:
    """The catalogues that translators write, one a language."""
    return sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def read_catalogue(path: Path) -> Catalog:
    """One language's catalogue; its folder names the language."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name)


def compile_catalogues(folder: Path = TRANSLATIONS) -> None:
    """Write the file that is read at run time beside each catalogue that is newer than it."""
    for path in list_catalogues(folder):
        compiled = path.with_suffix(".mo")
        if compiled.is_file() and compiled.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            continue
        scratch = compiled.with_suffix(".mo.new")
        with scratch.open("wb") as file:
            write_mo(file, read_catalogue(path))
        scratch.replace(compiled)


def write_catalogues() -> None:
    """Put the sources' words into each catalogue: new ones empty, those that are gone left out, none guessed."""
    template = public_words()
    for path in list_catalogues():
        catalogue = read_catalogue(path)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.fuzzy = False
        written = BytesIO()
        write_po(written, catalogue, width=WIDTH, sort_by_file=True, include_lineno=False)
        path.write_bytes(_NOISE.sub(b"", written.getvalue()))


def public_words(root: Path = ROOT) -> Catalog:
    """What the public's pages and mails say, as the sources have it."""
    with (root / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = Catalog(charset="utf-8")
    taken = extract.extract_from_dir(
        root, methods, options, keywords=KEYWORDS, comment_tags=("Translators:",)
    )
    for name, line, message, comments, context in taken:
        found.add(message, None, [(name, line)], auto_comments=comments, context=context)
    for message in SAID_BY_FORMS:
        found.add(message, None, [("wtforms", 1)])
    for entry in found:
        # The order in which a folder is read is the machine's.
        entry.locations.sort()
    return found


def extract_module(file: BinaryIO, keywords: Any, tags: Any, options: Any) -> Iterable[Any]:
    """Babel's method for modules: those that views of the public's, or mails to it, are made with."""
    path = Path(file.name).resolve()
    root = next(parent for parent in path.parents if parent.name == "organising")
    if path not in public_modules(root):
        return iter(())
    return extract.extract_python(file, keywords, tags, options)


def extract_template(file: BinaryIO, keywords: Any, tags: Any, options: Any) -> Iterable[Any]:
    """Babel's method for templates: those that the public is shown, or that are part of one."""
    from jinja2.ext import babel_extract

    folder = next(parent for parent in Path(file.name).resolve().parents if parent.name == "templates")
    if Path(file.name).resolve().relative_to(folder).as_posix() not in public_templates(folder):
        return iter(())
    return babel_extract(file, keywords, tags, {**options, "newstyle_gettext": "true"})


@lru_cache
def public_templates(folder: Path) -> frozenset[str]:
    """The templates below the public's layout, the refusals, and all that these include or import."""
    sources = {
        path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.html")
    }
    parents = {name: _named(_EXTENDS, text) for name, text in sources.items()}
    found: set[str] = set()
    waiting = [
        name
        for name in sources
        if PUBLIC_LAYOUTS & set(_ancestors(name, parents)) or name.startswith("errors/")
    ]
    while waiting:
        name = waiting.pop()
        if name in found or name == STAFF_LAYOUT or name not in sources:
            continue
        found.add(name)
        # The door stands in staff's layout, and shows none of it.
        waiting += [] if name == DOOR else _named(_NAMED, sources[name])
    return frozenset(found)


@lru_cache
def public_modules(package: Path) -> frozenset[Path]:
    """The modules with a view for the public or with words in a kept language, and all that these import names from."""
    sources = {path: path.read_text("utf-8") for path in package.rglob("*.py")}
    imports = {
        path: list(_imports(path, text, package)) for path, text in sources.items() if "import" in text
    }
    found: set[Path] = set()
    waiting = [path for path, text in sources.items() if _faces_public(text)]
    while waiting:
        path = waiting.pop()
        if path in sources and path not in found:
            found.add(path)
            waiting += [_definer(folder, name, imports) for folder, name in imports.get(path, ())]
    return frozenset(found)


def _faces_public(source: str) -> bool:
    return "in_language(" in source or source.count("@public(") > source.count("Readers.STAFF")


def _imports(path: Path, source: str, package: Path) -> Iterator[tuple[Path, str]]:
    """What a module takes from others of the product: where from (without its ending), and the name."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ImportFrom):
            continue
        parts = (node.module or "").split(".") if node.module else []
        if node.level:
            base = path.parents[node.level - 1]
        elif parts[:1] == [package.name]:
            base = package.parent
        else:
            continue
        yield from ((base.joinpath(*parts), alias.name) for alias in node.names)


def _definer(place: Path, name: str, imports: dict[Path, list[tuple[Path, str]]]) -> Path:
    """The file that a name comes from: a module of a package, where the package took it from, or what holds it."""
    for path in (place / f"{name}.py", place / name / "__init__.py"):
        if path in imports or path.is_file():
            return path
    inner = place / "__init__.py"
    for folder, taken in imports.get(inner, ()):
        if taken == name:
            return _definer(folder, name, imports)
    return inner if inner.is_file() else place.with_suffix(".py")


def _named(pattern: re.Pattern[str], text: str) -> list[str]:
    return [name for tag in pattern.findall(text) for name in _TEMPLATE.findall(tag)]


def _ancestors(name: str, parents: dict[str, list[str]]) -> Iterator[str]:
    for parent in parents.get(name, []):
        yield parent
        yield from _ancestors(parent, parents)


if __name__ == "__main__":
    raise SystemExit(main())
