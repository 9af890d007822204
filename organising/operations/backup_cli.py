"""``organising backup`` and ``organising restore``."""

import json
import os
from dataclasses import asdict, replace
from pathlib import Path

import click

from ..platform.backup.making import check_backup, make_backup
from ..platform.backup.restoring import Restored, rehearse, restore_backup
from ..platform.clock import now
from ..platform.command import Refused, environment, plainly
from ..platform.db import db
from ..platform.installation import Installation, opened
from ..rights.services.erasure import replay_erasures
from ..rights.services.ledger import BadLine
from .contents import look_outside


@click.command()
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path),
    default=lambda: Path(os.environ.get("ORGANISING_BACKUP_DIR") or "."),
    show_default="ORGANISING_BACKUP_DIR or here",
    help="A directory, or the file to write.",
)
@click.option(
    "--keep", type=click.IntRange(1), help="Keep so many of this directory's backups, and delete older ones."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@plainly
def backup(target: Path, keep: int | None, as_json: bool) -> None:
    """Back up everything into one encrypted file, read back and counted. It opens with the installation key alone."""
    path = target / f"organising-{now():%Y-%m-%dT%H-%M-%SZ}.backup" if target.is_dir() else target
    with opened() as installation:
        made = make_backup(installation, path, _files(), lambda words: click.echo(words, err=True))
        outside = look_outside(installation, environment(), _files())
    gone = _prune(path.parent, keep) if keep else 0
    if as_json:
        found = asdict(made) | {"path": str(made.path), "made_at": made.made_at.isoformat(), "deleted": gone}
        found["outside"] = asdict(outside)
        click.echo(json.dumps(found))
        return
    click.echo(
        f"{made.path}: {made.rows} rows of {made.tables} tables, {made.size / 1024**2:.1f} MB, in {made.seconds:.0f} s. "
        "Keep it away from the installation key."
    )
    if outside.words:
        click.echo(outside.words)
    if gone:
        click.echo(f"{gone} older backups were deleted.")


@click.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--rehearse",
    "only_rehearse",
    is_flag=True,
    help="Restore into a database made for it, count, and drop it.",
)
@click.option("--check", "only_check", is_flag=True, help="Decrypt and count, and restore nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@plainly
def restore(path: Path, only_rehearse: bool, only_check: bool, as_json: bool) -> None:
    """Restore a backup into an empty database (DATABASE_OWNER_URL), count every table, and erase again who was erased since."""

    def say(words: str) -> None:
        click.echo(words, err=True)

    with opened(fresh=not (only_check or only_rehearse)) as installation:
        if only_check:
            manifest = check_backup(installation, path)
            rows = sum(manifest["rows"].values())
            click.echo(
                json.dumps(manifest)
                if as_json
                else f"{path} is whole: {rows} rows of {len(manifest['rows'])} tables."
            )
            return
        if only_rehearse:
            done = rehearse(installation, path, say)
        else:
            done = restore_backup(installation, path, _files(make=True), say)
            outside = look_outside(installation, environment(), _files())
            if outside.bucket or outside.missing:
                say(outside.words or "")
            done = _erase_again(done, installation)
    if as_json:
        click.echo(
            json.dumps(asdict(done) | {"made_at": done.made_at.isoformat(), "rehearsal": only_rehearse})
        )
        return
    where = "in rehearsal, and dropped again" if only_rehearse else "restored"
    click.echo(
        f"{done.rows} rows of {done.tables} tables {where} in {done.seconds:.0f} s, as they were at {done.made_at:%Y-%m-%d %H:%M} UTC."
    )
    if done.upgraded:
        click.echo(f"The backup was of an older version: the schema was brought to {done.revision}.")
    if done.erased is not None:
        click.echo(f"{done.erased} people erased before or since were erased again.")


def _erase_again(done: Restored, installation: Installation) -> Restored:
    """Let the rights desk erase again whom it erased, by the ledger beside the data."""
    make = click.get_current_context().find_root().obj
    with make(installation.settings or environment()).app_context():
        try:
            return replace(done, erased=int(replay_erasures()))
        except BadLine as bad:
            raise Refused(f"restored, but the erasures since were not repeated: {bad}") from None
        finally:
            db.engine.dispose()


def _files(*, make: bool = False) -> Path | None:
    """What lies outside the database, where anything does."""
    place = Path(os.environ.get("ORGANISING_DATA_DIR") or "var") / "files"
    if make and place.parent.is_dir():
        place.mkdir(mode=0o700, exist_ok=True)
    return place if place.is_dir() else None


def _prune(directory: Path, keep: int) -> int:
    older = sorted(directory.glob("organising-*.backup"), reverse=True)[keep:]
    for one in older:
        try:
            one.unlink()
        except OSError as error:
            raise Refused(f"{one}: {error.strerror}") from None
    return len(older)
