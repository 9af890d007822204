"""Values for what routes take beside ids."""

from werkzeug.routing import AnyConverter, Rule


def any_value(rule: Rule, name: str) -> str:
    """The first of the words that a route offers here, else "1"."""
    kind = rule._converters[name]
    return sorted(kind.items)[0] if isinstance(kind, AnyConverter) else "1"
