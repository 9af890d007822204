"""Loading tables of postcodes: all files in one transaction, row by row only in the database.

The product's login may neither COPY into tables with row security nor make temporary ones, so rows travel as
three joined texts for each 50,000, which PostgreSQL takes apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, text

from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.representatives.models import PostcodeLoad, PostcodePlace
from organising.representatives.postcode_file import Chunk, Place, PostcodeFile

_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('organising.postcodes.import'))")
_ROWS = """unnest(string_to_array(:keys, ','), string_to_array(:places, ',')::int[],
                  string_to_array(:ends, ',', '')::date[]) AS u(key, place, terminated_on)"""
_ALREADY = text(f"""
    SELECT p.place_id, u.place, count(*), count(*) FILTER (WHERE p.terminated_on IS DISTINCT FROM u.terminated_on)
      FROM {_ROWS} JOIN postcode p ON p.key = u.key GROUP BY 1, 2""")  # noqa: S608 (our own words)
_ADD_ALL = text(f"""
    INSERT INTO postcode (key, place_id, terminated_on)
    SELECT u.key, (CAST(:ids AS int[]))[u.place + 1], u.terminated_on FROM {_ROWS}""")  # noqa: S608 (our own words)
_ADD_NEW = text(f"{_ADD_ALL.text} WHERE NOT EXISTS (SELECT FROM postcode p WHERE p.key = u.key)")
_MOVE = text(f"""
    UPDATE postcode p
       SET place_id = m.target,
           terminated_on = CASE WHEN :ending THEN u.terminated_on ELSE p.terminated_on END
      FROM {_ROWS}
      JOIN unnest(CAST(:sources AS int[]), CAST(:numbers AS int[]), CAST(:targets AS int[])) AS m(source, number, target)
        ON m.number = u.place
     WHERE p.key = u.key AND p.place_id = m.source
       AND (p.place_id <> m.target OR (:ending AND p.terminated_on IS DISTINCT FROM u.terminated_on))""")  # noqa: S608 (our own words)
_REMOVE = text("DELETE FROM postcode WHERE key = ANY(string_to_array(:keys, ','))")
_SEATS = text("""
    SELECT gss_code FROM area
     WHERE kind = 'westminster' AND gss_code IS NOT NULL AND (end_on IS NULL OR end_on >= current_date)
    UNION
    SELECT i.value FROM area_identifier i JOIN area a ON a.id = i.area_id
     WHERE i.scheme = 'gss' AND a.kind = 'westminster' AND (a.end_on IS NULL OR a.end_on >= current_date)""")


@dataclass
class PostcodesResult:
    """What loading one file did, or in a dry run would do. ``unknown``: postcodes by constituency code not loaded here."""

    name: str
    rows: int
    without_constituency: int
    terminated: int
    left_out: int
    created: int = 0
    updated: int = 0
    unknown: dict[str, int] = field(default_factory=dict)

    @property
    def unchanged(self) -> int:
        return self.rows - self.created - self.updated


def import_postcodes(
    files: Sequence[PostcodeFile],
    *,
    replace: bool = False,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda rows: None,
) -> tuple[list[PostcodesResult], int]:
    """Bring the table to what the files say, a later one over an earlier; the caller commits.

    The session's context needs the purpose ``import``. Areas of which a file does not speak stay as they were, as
    long as the constituency does. ``replace`` removes what none of the files has. ``progress`` hears of rows as they
    are written. Returns a result for each file, and how many postcodes were removed. Raises Invalid, writing
    nothing, where a file can't be right.
    """
    connection = db.session.connection()
    connection.execute(_LOCK)
    table = _Table(connection, dry_run)
    results = [table.take(one, progress) for one in files]
    removed = table.remove_unseen(files) if replace else 0
    if not dry_run:
        for one, gone in zip(results, [0] * (len(results) - 1) + [removed], strict=True):
            if one.created or one.updated or gone:
                db.session.add(
                    PostcodeLoad(file_name=one.name, postcodes=one.rows, created=one.created,
                                 updated=one.updated, removed=gone)
                )  # fmt: skip
        db.session.flush()
    return results, removed


class _Table:
    """The table as it stands while files are merged into it."""

    def __init__(self, connection: Connection, dry_run: bool) -> None:
        self.connection, self.dry_run = connection, dry_run
        names = ", ".join(Place._fields)
        rows = connection.execute(text(f"SELECT id, {names} FROM postcode_place")).all()  # noqa: S608 (our own words)
        self.ids = {Place(*row[1:]): row[0] for row in rows}
        self.places = {number: place for place, number in self.ids.items()}
        self.seats = set(connection.scalars(_SEATS))
        self.is_empty = not connection.scalar(text("SELECT EXISTS (SELECT FROM postcode)"))

    def take(self, file: PostcodeFile, progress: Callable[[int], None]) -> PostcodesResult:
        result = PostcodesResult(
            file.name, file.rows, file.without_constituency, file.terminated, file.left_out_count
        )
        self._check(file, result)
        own = self._number(file.places)
        for chunk in file.chunks:
            self._merge(file, chunk, own, result)
            progress(chunk.rows)
        self.is_empty = False
        return result

    def _check(self, file: PostcodeFile, result: PostcodesResult) -> None:
        """Refuse a file of other boundaries, or one that would only take constituencies away."""
        if "constituency" not in file.columns:
            if self.is_empty:
                raise Invalid(
                    f"{file.name} has no column of constituencies (pcon24cd or alike). A list of postcodes without a "
                    "constituency can be loaded after the table that has them."
                )
            return
        for place, rows in zip(file.places, file.rows_of_place, strict=True):
            if place.constituency and place.constituency not in self.seats:
                result.unknown[place.constituency] = result.unknown.get(place.constituency, 0) + rows
        named = {place.constituency for place in file.places} - {""}
        if self.seats and named and named == set(result.unknown):
            raise Invalid(
                f"{file.name}: none of its {len(named):,} constituency codes, such as {min(named)}, is that of a "
                "constituency loaded here. Is it of other boundaries, or this the demo?"
            )

    def _number(self, places: Sequence[Place]) -> list[int]:
        """The ids of these places, made where they are new; a dry run makes none and counts below nothing."""
        new = [one for one in dict.fromkeys(places) if one not in self.ids]
        following = max(self.places, default=0) + 1
        for step, place in enumerate(new):
            number = -1 - len(self.ids) if self.dry_run else following + step
            self.ids[place] = number
            self.places[number] = place
        if new and not self.dry_run:
            rows = [{"id": self.ids[one], **one._asdict()} for one in new]
            self.connection.execute(insert(PostcodePlace), rows)
        return [self.ids[one] for one in places]

    def _merge(self, file: PostcodeFile, chunk: Chunk, own: Sequence[int], result: PostcodesResult) -> None:
        rows = {"keys": chunk.keys, "places": chunk.places, "ends": chunk.ends}
        if self.is_empty:
            result.created += chunk.rows
            if not self.dry_run:
                self.connection.execute(_ADD_ALL, rows | {"ids": list(own)})
            return
        pairs = self.connection.execute(_ALREADY, rows).all()
        known = sum(pair[2] for pair in pairs)
        ending = "terminated" in file.columns
        targets = self._targets([(pair[0], file.places[pair[1]]) for pair in pairs], file)
        moved = sum(
            pair[2] if target != pair[0] else (pair[3] if ending else 0)
            for pair, target in zip(pairs, targets, strict=True)
        )
        result.updated += moved
        result.created += chunk.rows - known
        if self.dry_run:
            return
        if moved:
            mapping = {"sources": [p[0] for p in pairs], "numbers": [p[1] for p in pairs], "targets": targets}
            self.connection.execute(_MOVE, rows | mapping | {"ending": ending})
        if known < chunk.rows:
            self.connection.execute(_ADD_NEW, rows | {"ids": list(own)})

    def _targets(self, pairs: Sequence[tuple[int, Place]], file: PostcodeFile) -> list[int]:
        """Where postcodes of each present place go that the file puts in another."""
        merged = []
        for number, said in pairs:
            present = self.places[number]
            if "constituency" not in file.columns and present.constituency:
                raise Invalid(
                    f"{file.name} has no column of constituencies, and names postcodes that lie in one "
                    f"({present.constituency}). Such a file may only add postcodes."
                )
            stays = "constituency" not in file.columns or said.constituency == present.constituency
            kept = present if stays else Place()
            merged.append(
                kept._replace(**{one: getattr(said, one) for one in Place._fields if one in file.columns})
            )
        return self._number(merged)

    def remove_unseen(self, files: Sequence[PostcodeFile]) -> int:
        """Delete the postcodes that none of the files has; returns how many."""
        keys = self.connection.execute(
            text("SELECT key FROM postcode"), execution_options={"stream_results": True, "yield_per": 20_000}
        ).scalars()
        gone = [key for key in keys if not any(key in file.seen for file in files)]
        if gone and not self.dry_run:
            self.connection.execute(_REMOVE, {"keys": ",".join(gone)})
        return len(gone)
