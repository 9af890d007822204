"""What is compiled once a process, not once a test: every test has an application and an engine of its own.

Templates, addresses and SQL depend on the sources alone. Compiled anew for each test they were a fifth of the tests' time.
"""

from collections.abc import Callable
from typing import Any

from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine import Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

# What `Rule.compile` finds out, beside the functions that write an address.
ADDRESS = ("_parts", "_trace", "_converters")
STATEMENTS_KEPT = 5_000


class _Templates(BytecodeCache):
    """What Jinja made of each template."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


TEMPLATES = _Templates()


def compile_routes_once() -> None:
    """Keep what Werkzeug makes of each address. It depends on the rule alone; no converter of ours asks its map."""
    compile_rule: Callable[[Rule], None] = Rule.compile
    kept: dict[tuple[object, ...], Rule] = {}

    def compiled(rule: Rule) -> None:
        defaults = tuple(sorted((rule.defaults or {}).items()))
        key = (rule.rule, rule.subdomain, rule.host, rule.merge_slashes, rule.strict_slashes, defaults)
        first = kept.get(key)
        if first is None:
            compile_rule(rule)
            kept[key] = rule
            return
        for name in ADDRESS:
            setattr(rule, name, getattr(first, name))
        rule.arguments = set(first.arguments)
        rule._build = _function(first._build).__get__(rule, None)
        rule._build_unknown = _function(first._build_unknown).__get__(rule, None)

    Rule.compile = compiled  # type: ignore[method-assign]


def _function(bound: Any) -> Any:
    return bound.__func__


def compile_statements_once() -> None:
    """Let all engines of this process share the SQL that SQLAlchemy made: they differ in the database's name only."""
    shared: LRUCache[Any, Any] = LRUCache(STATEMENTS_KEPT)
    # Whatever an engine makes for itself as it begins is left aside.
    Engine._compiled_cache = property(lambda _engine: shared, lambda _engine, _own: None)  # type: ignore[assignment]
    # The dialect is part of a statement's key there. Ours are all made alike.
    PGDialect_psycopg.__eq__ = _is_same_dialect  # type: ignore[method-assign, assignment]
    PGDialect_psycopg.__hash__ = _hash_dialect  # type: ignore[method-assign, assignment]


def _traits(dialect: PGDialect_psycopg) -> tuple[object, ...]:
    return (type(dialect), dialect._json_serializer, dialect._json_deserializer, dialect.paramstyle)


def _is_same_dialect(dialect: PGDialect_psycopg, other: object) -> bool:
    return isinstance(other, PGDialect_psycopg) and _traits(dialect) == _traits(other)


def _hash_dialect(dialect: PGDialect_psycopg) -> int:
    return hash(_traits(dialect))
