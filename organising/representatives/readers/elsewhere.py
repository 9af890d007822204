"""Files that belong to another command, or to none: named, so that nobody looks for a fault in them."""

from __future__ import annotations

from organising.representatives.readers.registry import Reader, SourceText, refuse, register

POSTCODES = frozenset({"pcds", "pcd", "pcd7", "pcd8"})


def _is_postcodes(source: SourceText) -> bool:
    return bool(POSTCODES & {column.lower() for column in source.columns})


def _is_service_answer(source: SourceText) -> bool:
    return {"status", "result"} <= source.members or "PostcodeResponse" in source.members


register(
    Reader(
        "postcodes",
        _is_postcodes,
        refuse("this is a table of postcodes: load it with `organising postcodes import`"),
    )
)
register(
    Reader(
        "outcodes",
        lambda source: {"outcode", "share"} <= set(source.columns),
        refuse(
            "an outcode is no postcode: it lies in several seats, and nobody is told one of them by its share"
        ),
    )
)
register(
    Reader(
        "postcode_ranges",
        lambda source: {"postcode_keys", "value_key"} <= source.members,
        refuse("a table of ranges answers for postcodes that do not exist: load a list of postcodes instead"),
    )
)
register(
    Reader(
        "postcode_service",
        _is_service_answer,
        refuse(
            "an answer of a postcode service: name the service in POSTCODES_URL, and it is asked when needed"
        ),
    )
)
