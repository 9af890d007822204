"""Where templates and migrations lie: at the top level of a checkout, or shipped inside an installed wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def shipped(name: str) -> Path:
    """The folder ``templates`` or ``migrations``; raises ``FileNotFoundError`` naming both places tried."""
    for place in (PACKAGE.parent / name, PACKAGE / "_shipped" / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"{name}: neither beside the package nor shipped in it ({PACKAGE})")
