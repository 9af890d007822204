"""The bundle: its lock, its fallback without packages, its weight, and how it is sent."""

import gzip
from pathlib import Path

import pytest
from flask import Flask

from organising.platform import frontend, ui

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def pages(tmp_path: Path) -> Flask:
    app = Flask("pages", static_folder=str(tmp_path))
    ui.init_ui(app)
    return app


def test_the_lock_names_no_host() -> None:
    lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in lock
    assert "resolved" not in lock


def test_without_packages_the_style_still_comes(tmp_path: Path) -> None:
    manifest = frontend.plain(ROOT, tmp_path)
    frontend.write_manifest(tmp_path, manifest)
    assert manifest["enhanced"] is False
    for name in ("staff.css", "public.css"):
        text = (tmp_path / manifest["files"][name]).read_text(encoding="utf-8")
        assert "@import" not in text
        assert "@font-face" not in text
        assert "--paper:" in text


def test_an_unreachable_registry_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def unreachable(*_: object) -> None:
        raise frontend.Unavailable("the npm registry can't be reached")

    monkeypatch.setattr(frontend, "STATIC", tmp_path)
    monkeypatch.setattr(frontend, "find_node", lambda: ("node", ["npm"]))
    monkeypatch.setattr(frontend, "install_packages", unreachable)
    assert frontend.main([]) == 0
    assert capsys.readouterr().err.count("\n") == 1
    assert frontend.main([]) == 0
    assert capsys.readouterr().err == "", "a warm start does not try again at once"
    assert frontend.main(["--require"]) == 1


@pytest.mark.parametrize(("layout", "most"), [("staff", 130_000), ("public", 50_000)])
def test_a_first_load_stays_small(layout: str, most: int) -> None:
    manifest = frontend.read_manifest(frontend.STATIC)
    if not manifest.get("enhanced"):
        pytest.skip("the bundle is not built here")
    scripts = [
        name for name in manifest["every"] if name.endswith(".js") and name.startswith(("chunk", layout))
    ]
    sheet = manifest["files"][f"{layout}.css"]
    compressed = [len(gzip.compress((frontend.STATIC / name).read_bytes())) for name in (sheet, *scripts)]
    fonts = [(frontend.STATIC / name).stat().st_size for name in manifest["preload"][layout]]
    assert sum(compressed) + sum(fonts) < most


def test_hashed_files_are_kept_for_a_year_and_sent_compressed(pages: Flask, tmp_path: Path) -> None:
    frontend.write_manifest(tmp_path, frontend.plain(ROOT, tmp_path))
    with pages.test_request_context("/"):
        address = ui.asset("staff.css")
    assert address is not None
    with pages.test_client().get(address) as plain:
        whole = plain.data
    small = pages.test_client().get(address, headers={"Accept-Encoding": "gzip"})
    assert "immutable" in small.headers["Cache-Control"]
    assert small.headers["Content-Encoding"] == "gzip"
    assert int(small.headers["Content-Length"]) == len(small.data) < len(whole) / 3
    assert gzip.decompress(small.data) == whole
    assert "Content-Encoding" not in plain.headers
