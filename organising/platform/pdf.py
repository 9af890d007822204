"""PDF files from a Typst template and plain values.

Values go in as JSON and come out of it as strings, so nothing that a person typed is ever read as markup. The
fonts are those inside the typesetter: no file of the machine is opened but the template.
"""

import json
from pathlib import Path
from typing import Any

import typst


def make_pdf(template: Path, values: dict[str, Any]) -> bytes:
    """Typeset ``template``, which reads ``values`` with ``json(bytes(sys.inputs.values))``. Raises ``TypstError``."""
    return bytes(typst.compile(_source(template), format="pdf", **_options(values)))


def count_pages(template: Path, values: dict[str, Any]) -> int:
    """How many pages it would have; the template says so: ``#context [#metadata(counter(page).final()) <pages>]``."""
    found = json.loads(typst.query(_source(template), "<pages>", field="value", one=True, **_options(values)))
    return int(found[0])


def _source(template: Path) -> bytes:
    return template.read_bytes()


def _options(values: dict[str, Any]) -> dict[str, Any]:
    return {"sys_inputs": {"values": json.dumps(values)}, "ignore_system_fonts": True, "font_paths": []}
