"""``organising audit``: is the log as it was written, and what to keep elsewhere to be sure of it."""

import json
import re
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

import click

from ..platform.audit_chain import Chain, Head, list_chains, read_head, seal_all, verify_chain
from ..platform.command import Refused, application, plainly
from ..platform.db import db

HASH = re.compile(r"\b[0-9a-f]{64}\b")


@click.group()
def command() -> None:
    """Audit log: seal, compare with its seals, print the heads to keep elsewhere."""


@command.command()
@click.option("--organisation", "slug", help="Short address of one organisation (default: all).")
@click.option(
    "--head", "given", multiple=True, help="A hash that `audit head` printed before; may be given again."
)
@click.option(
    "--heads",
    "kept",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with lines that `audit head` printed before.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@plainly
def verify(slug: str | None, given: tuple[str, ...], kept: Path | None, as_json: bool) -> None:
    """Compute every chain anew. Ends with 1 where a row is not as it was sealed, or a kept head is not found."""
    wanted = _wanted(given, kept)
    with application().app_context():
        try:
            chains = [verify_chain(one, name, wanted) for one, name in _chosen(slug)]
        finally:
            db.engine.dispose()
    lost = sorted(wanted - {one for chain in chains for one in chain.found_heads})
    if as_json:
        click.echo(json.dumps({"organisations": [_plain(one) for one in chains], "lost_heads": lost}))
    else:
        _tell(chains, lost, len(wanted))
    if lost or any(chain.faults for chain in chains):
        raise SystemExit(1)


@command.command()
@click.option("--organisation", "slug", help="Short address of one organisation (default: all).")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@plainly
def head(slug: str | None, as_json: bool) -> None:
    """Seal what waits and print each chain's head, a line per organisation: keep it where the server's keeper can't write."""
    with application().app_context():
        try:
            chosen = _chosen(slug)
            seal_all()
            heads = [found for one, name in chosen if (found := read_head(one, name))]
        finally:
            db.engine.dispose()
    if as_json:
        click.echo(json.dumps([asdict(one) | {"sealed_at": one.sealed_at.isoformat()} for one in heads]))
        return
    for one in heads:
        click.echo(_line(one))


def _line(one: Head) -> str:
    return f"{one.organisation} {one.place} {one.hash} {one.sealed_at:%Y-%m-%dT%H:%M:%SZ}"


def _chosen(slug: str | None) -> list[tuple[UUID, str]]:
    found = list_chains(slug)
    if not found and slug:
        raise Refused(f"there is no organisation “{slug}”")
    return found


def _wanted(given: tuple[str, ...], kept: Path | None) -> set[str]:
    wanted = {one.strip().lower() for one in given}
    for one in wanted:
        if not HASH.fullmatch(one):
            raise Refused(f"--head: {one!r} is no hash of 64 hexadecimal digits")
    if kept is not None:
        found = HASH.findall(kept.read_text(errors="replace"))
        if not found:
            raise Refused(f"--heads: there is no head in {kept}")
        wanted |= set(found)
    return wanted


def _plain(chain: Chain) -> dict[str, object]:
    return {
        "organisation": chain.organisation,
        "sealed": chain.sealed,
        "waiting": chain.waiting,
        "waiting_since": chain.waiting_since.isoformat() if chain.waiting_since else None,
        "head": chain.head or None,
        "faults": [
            {"kind": one.kind, "place": one.place, "event": str(one.event_id or ""), "words": one.words}
            for one in chain.faults
        ],
    }


def _tell(chains: list[Chain], lost: list[str], wanted: int) -> None:
    for chain in chains:
        state = f"{len(chain.faults)} faults" if chain.faults else "as sealed"
        since = f" since {chain.waiting_since:%Y-%m-%dT%H:%M:%SZ}" if chain.waiting_since else ""
        click.echo(
            f"{chain.organisation}: {chain.sealed} events sealed, {chain.waiting} waiting{since}: {state}."
        )
        for one in chain.faults:
            where = f"place {one.place}" if one.place else "no place"
            about = f" [{one.event_id}]" if one.event_id else ""
            click.echo(f"  {one.kind}, {where}: {one.words}{about}")
    for kept in lost:
        click.echo(f"The kept head {kept} is in no chain: it was cut off or written anew before that place.")
    if not wanted:
        click.echo(
            "No kept head was given, so a chain cut off at its end or written anew as a whole would not show."
        )
