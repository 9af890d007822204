"""The data directory: what it creates, and each reason for which a start is refused."""

import base64
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from organising.platform.embedded import DataDirectory, StartRefused, datadir
from organising.platform.embedded.datadir import LONGEST_SOCKET_BYTES, can_reach
from organising.platform.supervision import Account

is_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers as another user")
NOBODY = Account("nobody", 65534, 65534)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_creates_a_closed_directory_with_secrets(place: Path) -> None:
    with DataDirectory(place / "var") as directory:
        assert mode_of(directory.path) == (0o711 if os.geteuid() == 0 else 0o700)
        assert mode_of(directory.path / "secrets.json") == 0o600
        assert len(base64.b64decode(directory.secrets["installation_key"], validate=True)) == 32
        assert len(directory.secrets["secret_key"]) >= 32
        for room in (directory.log_directory, directory.mail_directory, directory.files_directory):
            assert mode_of(room) == 0o700


def test_the_second_start_finds_the_same_secrets(place: Path) -> None:
    with DataDirectory(place / "var") as first:
        kept = dict(first.secrets)
    with DataDirectory(place / "var") as second:
        assert second.secrets == kept


def test_a_second_start_is_refused_and_told_who_holds_it(place: Path) -> None:
    with (
        DataDirectory(place / "var"),
        pytest.raises(StartRefused, match=rf"in use by another start .*process {os.getpid()}, since 20"),
    ):
        DataDirectory(place / "var")
    with DataDirectory(place / "var"):
        pass


def test_the_lock_of_a_killed_process_is_free(place: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path;"
        "from organising.platform.embedded import DataDirectory;"
        "DataDirectory(Path(sys.argv[1])); os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(place / "var")], check=False)
    assert ended.returncode == -9
    with DataDirectory(place / "var"):
        pass


@pytest.mark.parametrize(
    ("content", "message"),
    [("2\n", "newer version of Organising"), ("1000", "newer version"), ("", "damaged"), ("one", "damaged")],
)
def test_a_newer_or_damaged_format_is_refused(place: Path, content: str, message: str) -> None:
    with DataDirectory(place / "var"):
        pass
    (place / "var" / "FORMAT").write_text(content)
    with pytest.raises(StartRefused, match=message) as refused:
        DataDirectory(place / "var")
    assert "\n" not in str(refused.value)


def test_a_full_disk_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Room:
        f_bavail = 10
        f_frsize = 1024 * 1024

    monkeypatch.setattr(datadir.os, "statvfs", lambda _path: Room)
    with pytest.raises(StartRefused, match="is full: 10 MB free, 200 MB needed"):
        DataDirectory(place / "var")
    monkeypatch.undo()
    with DataDirectory(place / "var"):
        pass


def test_a_quota_that_the_figures_do_not_show_is_refused(place: Path) -> None:
    program = (
        "import resource, signal, sys; from pathlib import Path;"
        "from organising.platform.embedded import DataDirectory, StartRefused;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try: DataDirectory(Path(sys.argv[1]))\n"
        "except StartRefused as refused: print(refused)"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, str(place / "var")], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == f"{place}/var cannot be the data directory: File too large"


def test_a_directory_with_other_files_is_left_alone(place: Path) -> None:
    (place / "thesis.txt").write_text("mine")
    place.chmod(0o750)
    with pytest.raises(StartRefused, match=r"holds other files \(such as thesis\.txt\)"):
        DataDirectory(place)
    assert mode_of(place) == 0o750
    assert [entry.name for entry in place.iterdir()] == ["thesis.txt"]


def test_a_file_in_its_place_is_refused(place: Path) -> None:
    (place / "var").write_text("not a directory")
    with pytest.raises(StartRefused, match="cannot be the data directory"):
        DataDirectory(place / "var")


def test_secrets_are_never_made_anew_beside_a_database(place: Path) -> None:
    with DataDirectory(place / "var") as directory:
        (directory.path / "postgres").mkdir()
    (place / "var" / "secrets.json").unlink()
    with pytest.raises(StartRefused, match=r"secrets\.json is missing"):
        DataDirectory(place / "var")


@pytest.mark.parametrize("content", ["{", "[]", '{"secret_key": "x"}'])
def test_damaged_secrets_are_refused(place: Path, content: str) -> None:
    with DataDirectory(place / "var"):
        pass
    (place / "var" / "secrets.json").write_text(content)
    with pytest.raises(StartRefused, match=r"secrets\.json is damaged"):
        DataDirectory(place / "var")


def test_unknown_secrets_of_a_later_version_do_no_harm(place: Path) -> None:
    with DataDirectory(place / "var") as directory:
        kept = directory.secrets | {"later": "x"}
    (place / "var" / "secrets.json").write_text(json.dumps(kept))
    with DataDirectory(place / "var") as directory:
        assert "later" not in directory.secrets


def test_a_long_path_gets_short_sockets_that_go_at_the_end(place: Path) -> None:
    deep = place / ("a" * 60) / ("b" * 60)
    with DataDirectory(deep) as directory:
        sockets = directory.postgres_sockets
        assert len(os.fsencode(sockets / ".s.PGSQL.5432")) <= LONGEST_SOCKET_BYTES
        assert directory.path not in sockets.parents
        assert mode_of(sockets) == 0o700
        assert mode_of(directory.valkey_sockets) == 0o700
    assert not sockets.parent.exists()


def test_short_sockets_do_not_trust_a_directory_of_another(place: Path) -> None:
    deep = place / ("a" * 60) / ("b" * 60)
    with DataDirectory(deep) as directory:
        taken = directory.postgres_sockets.parent
    taken.symlink_to(place)
    try:
        with DataDirectory(deep) as directory:
            assert directory.postgres_sockets.parent != taken
            assert directory.postgres_sockets.parent.resolve() != place
    finally:
        taken.unlink()


@is_root
def test_root_gives_the_servers_to_another_user(place: Path) -> None:
    with DataDirectory(place / "var") as directory:
        assert directory.account is not None
        assert directory.account.uid != 0
        assert directory.postgres_sockets.stat().st_uid == directory.account.uid
        assert can_reach(directory.account, directory.postgres_sockets)


@is_root
def test_closed_parents_stay_closed_and_the_servers_files_lie_outside(place: Path) -> None:
    closed = place / "home"
    closed.mkdir(mode=0o700)
    outside = place / "outside"
    with DataDirectory(closed / "var", outside=outside) as directory:
        target = directory.server_directory("postgres")
        assert outside in target.parents
        assert can_reach(directory.account, target)
        assert (directory.path / "postgres").readlink() == target
        assert can_reach(directory.account, directory.postgres_sockets)
    assert mode_of(closed) == 0o700
    with DataDirectory(closed / "var", outside=outside) as directory:
        assert directory.server_directory("postgres") == target


@is_root
def test_a_user_who_may_not_write_is_told_whose_it_is(
    place: Path, as_nobody: Callable[[Callable[[], str]], str]
) -> None:
    with DataDirectory(place / "var"):
        pass
    said = as_nobody(lambda: str(DataDirectory(place / "var")))
    assert said.startswith("StartRefused: ")
    assert "it belongs to root" in said


def test_an_account_reaches_by_owner_group_or_others(place: Path) -> None:
    assert can_reach(None, place / "anything")
    if os.geteuid() == 0:
        assert can_reach(NOBODY, place)
        place.chmod(0o700)
        assert not can_reach(NOBODY, place)
        os.chown(place, 0, NOBODY.gid)
        place.chmod(0o710)
        assert can_reach(NOBODY, place)
