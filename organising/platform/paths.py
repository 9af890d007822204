"""Addresses that come back from a browser: only paths of this site are followed."""


def own_path(target: str | None) -> str | None:
    """``target`` where it is a path of this site, else ``None``.

    A sign-in, or a button that leads back, must not lead to somebody's copy of the site.
    """
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    # Browsers drop tabs and line ends, after which "/\t/evil" is another host.
    if any(ord(character) < 33 or ord(character) == 127 for character in target):
        return None
    return target
