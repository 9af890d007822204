"""What templates know: filters, links, hashed assets and the geometry of pictures. Knows no domain."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import cos, pi, radians, sin
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import Flask, Response, current_app, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape
from werkzeug.routing import BuildError

from .samples import component_samples

LONDON = ZoneInfo("Europe/London")
MANIFEST = "manifest.json"
ACCENTS = ("vermilion", "cobalt", "viridian", "plum", "ochre")
_HASHED = re.compile(r"-[A-Z0-9]{8}\.\w+$")
_COLOUR = re.compile(r"^#(?:[0-9a-fA-F]{3}){1,2}$")
_ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL | re.IGNORECASE)
_CELL = re.compile(r"<(td|th)\b([^>]*)>", re.IGNORECASE)
_SPAN = re.compile(r'colspan="?(\d+)', re.IGNORECASE)


def longdate(value: date | datetime | None) -> str:
    """A date in words of the page's language, "4 December 2018", as seen in London. Nothing for None."""
    if value is None:
        return ""
    return format_date(_in_london(value), "long", locale=_locale())


def long_datetime(value: datetime | date | None) -> str:
    """A moment in words, "4 December 2018, 14:05", in London time. A plain date has no time to show."""
    if not isinstance(value, datetime):
        return longdate(value)
    time = format_datetime(_in_london(value), "HH:mm", locale=_locale())
    return f"{longdate(value)}, {time}"


def number(value: float | int | None) -> str:
    """A count with thousands separators, "12,847". Nothing for None."""
    return "" if value is None else format_decimal(value, locale=_locale())


def file_size(count: int) -> str:
    """How large a file is, "329 kB", "2,048 MB": in the units in which bounds are set and told."""
    if count < 2**20:
        return str(_("%(n)s kB", n=number(-(-count // 2**10))))
    return str(_("%(n)s MB", n=number(round(count / 2**20, 1))))


def machine_time(value: date | datetime | None) -> str:
    """The value for a `<time datetime>` attribute."""
    return "" if value is None else value.isoformat()


def safe_colour(value: object) -> str:
    """A hexadecimal colour as given, or "" for anything else: colours come from imported files."""
    return str(value) if isinstance(value, str) and _COLOUR.match(value) else ""


def accent_name(value: object) -> str:
    """One of the accents that the tokens define (and whose contrast is tested); vermilion for any other."""
    return str(value) if value in ACCENTS else ACCENTS[0]


def link(*endpoints: str, **values: Any) -> str | None:
    """The address of the first endpoint that exists and can be built, else None: for optional places."""
    for endpoint in endpoints:
        try:
            return url_for(endpoint, **values)
        except BuildError:
            continue
    return None


def with_query(url: str, **changes: Any) -> str:
    """The same address with query parameters set; None removes one."""
    parts = urlsplit(url)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in changes]
    query += [(key, str(value)) for key, value in changes.items() if value is not None]
    return urlunsplit(parts._replace(query=urlencode(query)))


def label_cells(rows: object, headers: Iterable[object]) -> Markup:
    """Table rows whose cells carry their column's name, so that a narrow screen can stack them.

    `rows` is the markup of `<tr>` elements without nested tables. Roles are written out because some browsers
    drop a table's meaning once its rows are no longer displayed as a table.
    """
    labels = ["" if header_options(header)["hidden"] else header_label(header) for header in headers]

    def label_row(match: re.Match[str]) -> str:
        column = 0

        def label_cell(cell: re.Match[str]) -> str:
            nonlocal column
            tag, attributes = cell.group(1).lower(), cell.group(2)
            label = labels[column] if column < len(labels) else ""
            span = _SPAN.search(attributes)
            column += int(span.group(1)) if span else 1
            if "role=" not in attributes:
                attributes += ' role="rowheader"' if tag == "th" else ' role="cell"'
            if label and "data-label=" not in attributes:
                attributes += f' data-label="{escape(label)}"'
            return f"<{tag}{attributes}>"

        row = _CELL.sub(label_cell, match.group(0))
        return row.replace("<tr", '<tr role="row"', 1) if 'role="row"' not in row else row

    return Markup(_ROW.sub(label_row, str(rows)))  # noqa: S704 - markup in, escaped labels added


def header_label(header: object) -> str:
    """The words of a column header given as text, `(label, options)` or `{"label": …}`."""
    if isinstance(header, dict):
        return str(header.get("label", ""))
    if isinstance(header, tuple | list):
        return str(header[0]) if header else ""
    return str(header)


def header_options(header: object) -> dict[str, Any]:
    """The options of a column header: numeric, href, sorted ("ascending" or "descending"), hidden, narrow."""
    given: dict[str, Any] = {}
    if isinstance(header, dict):
        given = header
    elif isinstance(header, tuple | list) and len(header) > 1:
        given = header[1] if isinstance(header[1], dict) else {str(header[1]): True}
    return dict.fromkeys(("numeric", "href", "sorted", "hidden", "narrow")) | given


def shares(segments: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    """Segments `(label, count, tone)` of a bar with start and width in percent of the whole."""
    rows = [(str(label), max(float(count or 0), 0.0), str(tone)) for label, count, tone in segments]
    total = sum(count for _, count, _ in rows)
    start, result = 0.0, []
    for label, count, tone in rows:
        width = 100 * count / total if total else 0.0
        place = {"start": round(start, 3), "width": round(width, 3)}
        result.append({"label": label, "count": int(count), "tone": tone, **place})
        start += width
    return result


@dataclass(frozen=True)
class Hexagon:
    """One drawn cell: `points` for an SVG polygon and the words and tone given for it."""

    points: str
    label: str
    tone: str
    href: str | None
    text: str


@dataclass(frozen=True)
class HexagonMap:
    """Hexagons with the SVG view box that holds them all; those of which nothing is said are one path, ``plain``."""

    view_box: str
    hexagons: list[Hexagon] = field(default_factory=list)
    plain: str = ""


def hexagon_points(x: float, y: float, radius: float) -> str:
    """The corners of a pointy-topped hexagon around (x, y), for an SVG `points` attribute."""
    corners = ((x + radius * cos(a), y + radius * sin(a)) for a in (radians(60 * n - 30) for n in range(6)))
    return " ".join(f"{px:.2f},{py:.2f}" for px, py in corners)


def hexagon_map(cells: Iterable[Any], radius: float = 10.0, gap: float = 0.9) -> HexagonMap:
    """Lay out cells with `q` (column) and `r` (row, upwards; odd rows half a cell right, as in hexjson).

    A cell is a mapping or an object with q, r and optionally label, tone, href, text.
    """
    rows = list(cells)
    if not rows:
        return HexagonMap("0 0 1 1")
    across, down = radius * 2 * cos(pi / 6), radius * 1.5
    placed = []
    for cell in rows:
        q, r = int(_get(cell, "q") or 0), int(_get(cell, "r") or 0)
        placed.append((cell, (q + (r % 2) / 2) * across, -r * down))
    left, top = min(x for _, x, _ in placed) - across / 2, min(y for _, _, y in placed) - radius
    width = max(x for _, x, _ in placed) + across / 2 - left
    height = max(y for _, _, y in placed) + radius - top
    said = [one for one in placed if _is_said(one[0])]
    silent = [one for one in placed if not _is_said(one[0])]
    return HexagonMap(
        f"0 0 {width:.1f} {height:.1f}",
        [_hexagon(cell, hexagon_points(x - left, y - top, radius - gap)) for cell, x, y in said],
        "".join(_outline(x - left, y - top, radius - gap) for _, x, y in silent),
    )


def _is_said(cell: Any) -> bool:
    return bool(_get(cell, "label") or _get(cell, "href"))


def _outline(x: float, y: float, radius: float) -> str:
    """A hexagon as a stretch of a path: all alike but for where it begins, so that a page with hundreds stays small."""
    half, quarter = radius * cos(pi / 6), radius / 2
    return (
        f"M{x:.1f} {y - radius:.1f}l{half:.1f} {quarter:.1f}v{radius:.1f}l{-half:.1f} {quarter:.1f}"
        f"l{-half:.1f} {-quarter:.1f}v{-radius:.1f}z"
    )


def init_ui(app: Flask) -> None:
    """Register filters, template functions and how hashed static files are cached and compressed."""
    environment = app.jinja_env
    # A lazy translation is a sequence of letters too: only a list is joined.
    environment.tests["listed"] = lambda value: isinstance(value, list | tuple)
    environment.filters.update(
        longdate=longdate,
        datetime=long_datetime,
        number=number,
        file_size=file_size,
        machine_time=machine_time,
        safe_colour=safe_colour,
        accent_name=accent_name,
        label_cells=label_cells,
        header_label=header_label,
        header_options=header_options,
        shares=shares,
    )
    environment.globals.update(
        link=link,
        with_query=with_query,
        asset=asset,
        asset_fonts=asset_fonts,
        hexagon_map=hexagon_map,
        component_samples=component_samples,
    )
    app.after_request(_send_hashed)


def asset(name: str) -> str | None:
    """The address of a bundled file by its plain name ("staff.css"), or None when the bundle lacks it."""
    filename = _manifest().get("files", {}).get(name)
    return url_for("static", filename=filename) if filename else None


def asset_file(name: str) -> Path | None:
    """A bundled file by its plain name, or None when the bundle lacks it."""
    filename = _manifest().get("files", {}).get(name)
    return Path(current_app.static_folder or "") / filename if filename else None


def asset_fonts(bundle: str) -> list[str]:
    """Addresses of the font files worth preloading for a layout ("staff" or "public")."""
    return [url_for("static", filename=name) for name in _manifest().get("preload", {}).get(bundle, [])]


def _manifest() -> dict[str, Any]:
    path = Path(current_app.static_folder or "") / MANIFEST
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        return {}
    known = current_app.extensions.get("ui_manifest")
    if known is None or known[0] != changed:
        known = (changed, json.loads(path.read_text(encoding="utf-8")))
        current_app.extensions["ui_manifest"] = known
    manifest: dict[str, Any] = known[1]
    return manifest


def _send_hashed(response: Response) -> Response:
    disposition = response.headers.get("Content-Disposition", "")
    if (
        request.endpoint == "static"
        and response.status_code == 200
        and _HASHED.search(disposition.removesuffix('"'))
    ):
        response.cache_control.public = True
        response.cache_control.max_age = 31_536_000
        response.cache_control.immutable = True
        response.cache_control.no_cache = None
        response.vary.add("Accept-Encoding")
        twin = Path(current_app.static_folder or "") / f"{request.path.rpartition('/')[2]}.gz"
        if request.accept_encodings.quality("gzip") and twin.is_file():
            response.close()
            response.direct_passthrough = False
            response.set_data(twin.read_bytes())
            response.content_encoding = "gzip"
            response.add_etag(overwrite=True)
    return response


def _hexagon(cell: Any, points: str) -> Hexagon:
    label, tone, text = (str(_get(cell, name) or "") for name in ("label", "tone", "text"))
    return Hexagon(points, label, tone or "none", _get(cell, "href"), text)


def _get(cell: Any, name: str) -> Any:
    return cell.get(name) if isinstance(cell, dict) else getattr(cell, name, None)


def _in_london(value: date | datetime) -> date | datetime:
    return value.astimezone(LONDON) if isinstance(value, datetime) and value.tzinfo else value


def _locale() -> Any:
    locale = get_locale()
    # Plain "en" writes dates as in the United States.
    return "en_GB" if locale is None or locale.language == "en" else locale
