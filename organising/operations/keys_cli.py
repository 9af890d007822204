"""``organising keys``: made, changed, destroyed."""

import base64
import json
import os
import secrets
from dataclasses import asdict
from pathlib import Path

import click

from ..config import SettingsError, read_installation_key
from ..platform.command import Refused, plainly
from ..platform.errors import DomainError, NotFound
from ..platform.installation import SECRETS, Installation, opened, write_secrets
from ..platform.key_changes import (
    destroy_organisation_key,
    find_owner,
    rotate_installation_key,
    rotate_organisation_key,
)
from ..platform.migrations import maintenance
from ..platform.sealed_columns import BATCH

KEY = "ORGANISING_INSTALLATION_KEY"


@click.group()
def command() -> None:
    """Make, change and destroy keys."""


@command.command()
def generate() -> None:
    """Print a fresh SECRET_KEY and ORGANISING_INSTALLATION_KEY. Keep the second safe: lost, nothing sealed opens."""
    click.echo(f"SECRET_KEY={secrets.token_urlsafe(48)}")
    click.echo(f"{KEY}={base64.b64encode(secrets.token_bytes(32)).decode()}")


@command.command()
@click.option("--organisation", "slug", required=True, help="Short address of the organisation.")
@click.option("--dry-run", is_flag=True, help="Count what would be sealed anew and change nothing.")
@click.option(
    "--batch", type=click.IntRange(1, 10_000), default=BATCH, show_default=True, help="Rows at a time."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@plainly
def rotate(slug: str, dry_run: bool, batch: int, as_json: bool) -> None:
    """Give an organisation another key and seal everything anew, while people work. Killed, run it again: it goes on."""
    with opened() as installation, _refusing(slug):
        change = rotate_organisation_key(
            installation.owner_url,
            installation.installation_key,
            slug,
            dry_run=dry_run,
            batch=batch,
            say=lambda words: click.echo(words, err=True),
        )
    if as_json:
        click.echo(json.dumps(asdict(change)))
    elif dry_run:
        state = "A change was begun and would be finished; of" if change.resumed else "Of"
        click.echo(
            f"{state} {slug}, {change.values} sealed values would be sealed anew. Nothing was changed."
        )
    else:
        click.echo(
            f"{slug} has a new key: {sum(change.changed.values())} values sealed anew, the old key is gone."
        )
    if change.unreadable:
        click.echo(f"{change.unreadable} values open with no key of {slug}'s and were left alone.", err=True)
        raise SystemExit(1)


@command.command("rotate-installation")
@click.option(
    "--new-key-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the new key, as `keys generate` prints it (else ORGANISING_NEW_INSTALLATION_KEY).",
)
@click.option("--dry-run", is_flag=True, help="Count, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@plainly
def rotate_installation(new_key_file: Path | None, dry_run: bool, as_json: bool) -> None:
    """Wrap every key anew under another installation key. The product stands still meanwhile; it takes seconds."""
    new, words = _new_key(new_key_file)
    with opened() as installation, _refusing(""):
        counts = rotate_installation_key(
            installation.owner_url, installation.login, installation.installation_key, new, dry_run=dry_run
        )
        if not dry_run:
            _keep(installation, words)
    if as_json:
        click.echo(json.dumps({"dry_run": dry_run, "done_before": not counts, **counts}))
        return
    if not counts:
        click.echo("Everything is under the new key already.")
    else:
        verb = "would be" if dry_run else "are"
        click.echo(
            f"{counts['organisations']} organisations', {counts['drives']} pledges' keys and "
            f"{counts['identity_fields']} identity fields {verb} under the new key."
        )
    if not dry_run:
        click.echo(f"Start the product with the new {KEY}. Keep the old one with the backups made until now.")


@command.command()
@click.option("--organisation", "slug", required=True, help="Short address of the organisation.")
@click.option("--name", "typed", help="The organisation's full name, instead of being asked for it.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@plainly
def destroy(slug: str, typed: str | None, as_json: bool) -> None:
    """Destroy an organisation's key: no email, phone or note of theirs can be read again, by anybody. No undo."""
    with opened() as installation, _refusing(slug):
        with maintenance(installation.owner_url) as connection:
            owner = find_owner(connection, slug)
        if typed is None:
            click.echo(
                f"After this, emails, phones, addresses, notes, letters and replies of {owner.name} can't be read by "
                "anybody. Backups made before still hold the key. There is no undo.",
                err=True,
            )
            typed = click.prompt("Type the organisation's full name", err=True)
        if typed.strip() != owner.name:
            raise Refused("that is not its name; nothing was destroyed")
        ended = destroy_organisation_key(installation.owner_url, slug)
    if as_json:
        click.echo(json.dumps({"organisation": slug, "destroyed": ended}))
    elif ended:
        click.echo(f"The key of {owner.name} is destroyed. Running processes forget it within a minute.")
    else:
        click.echo(f"{owner.name} had no key any more.")


class _refusing:
    """What the product's own rules refuse, as one clear line."""

    def __init__(self, slug: str) -> None:
        self._slug = slug

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, NotFound):
            raise Refused(f"there is no organisation “{self._slug}”") from None
        if isinstance(error, DomainError):
            raise Refused(error.message) from None


def _new_key(place: Path | None) -> tuple[bytes, str]:
    text = place.read_text() if place else os.environ.get("ORGANISING_NEW_INSTALLATION_KEY", "")
    lines = [line.removeprefix(f"{KEY}=").strip() for line in text.splitlines() if line.strip()]
    named = [line.removeprefix(f"{KEY}=").strip() for line in text.splitlines() if line.startswith(f"{KEY}=")]
    words = (named or lines or [""])[0]
    if not words:
        raise Refused("no new key: give --new-key-file or ORGANISING_NEW_INSTALLATION_KEY")
    try:
        return read_installation_key({KEY: words}), words
    except SettingsError as error:
        raise Refused(f"the new key: {error}") from None


def _keep(installation: Installation, words: str) -> None:
    """The embedded installation's key lies in its directory; killed before this, the same command does it."""
    if installation.data_dir is None:
        return
    place = installation.data_dir / SECRETS
    kept = json.loads(place.read_text(encoding="utf-8"))
    write_secrets(installation.data_dir, kept | {"installation_key": words})
