"""The real product as its users have it: `organising up --demo` in a process of its own, and a browser before it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Response, expect

PASSWORD = "care-dont-share"
READY = "Ctrl-C stops everything"
SECONDS_TO_START = 240.0
SECONDS_TO_STOP = 30.0
SHOTS = Path(__file__).resolve().parents[2] / "test-results" / "browser"
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
# It starts servers of its own: what these name may hold someone's data, and the demo is not for there.
CONFIGURED = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "SMTP_URL",
    "PUBLIC_URL",
    "SECRET_KEY",
    "ORGANISING_INSTALLATION_KEY",
    "ORGANISING_MODE",
    "ORGANISING_DATA_DIR",
    "PORT",
)
NARROW = 320
REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (\d{3})")


@contextmanager
def running_product() -> Iterator[str]:
    """Start the product with its demo in a new data directory. Yields its address; everything is gone afterwards."""
    # Not pytest's own directory: closed to PostgreSQL's user when root runs the tests.
    place = Path(tempfile.mkdtemp(prefix="organising-browser-"))
    place.chmod(0o755)
    port = _free_port()
    said = place / "said"
    argv = [sys.executable, "-m", "organising.cli", "up", "--demo", "--port", str(port)]
    argv += ["--data-dir", str(place / "var")]
    clean = {name: value for name, value in os.environ.items() if name not in CONFIGURED}
    with said.open("w") as output:
        process = subprocess.Popen(argv, env=clean, stdout=output, stderr=output, start_new_session=True)
    try:
        _await_ready(process, said)
        yield f"http://127.0.0.1:{port}"
    finally:
        _stop(process)
        shutil.rmtree(place, ignore_errors=True)


def _await_ready(process: "subprocess.Popen[bytes]", said: Path) -> None:
    ends = time.monotonic() + SECONDS_TO_START
    while READY not in said.read_text():
        assert process.poll() is None, f"it ended at once:\n{said.read_text()}"
        assert time.monotonic() < ends, f"not ready in {SECONDS_TO_START:.0f} s:\n{said.read_text()}"
        time.sleep(0.1)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def today() -> date:
    """The day it is for the product's users."""
    return datetime.now(ZoneInfo("Europe/London")).date()


@dataclass
class Visitor:
    """One browser profile: what it shows, and everything that went wrong in it."""

    context: BrowserContext
    page: Page
    address: str
    name: str
    width: int
    scripted: bool = True
    trouble: list[str] = field(default_factory=list)
    refusals: set[int] = field(default_factory=set)
    _refused: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.trouble.append(f"{self.page.url}: {error}"))
        self.page.on("response", self._note)

    @property
    def is_narrow(self) -> bool:
        """Whether this is a phone."""
        return self.width == NARROW

    def expect_refusal(self, *statuses: int) -> None:
        """Let pages answer so from now on: the browser notes each in the console, whatever the page does."""
        self.refusals.update(statuses)

    def _note(self, response: Response) -> None:
        if response.status >= 400 and response.request.is_navigation_request():
            self._refused[response.url] = response.status

    def _hear(self, message: ConsoleMessage) -> None:
        line = REFUSED.match(message.text)
        if line and self._refused.get(message.location["url"]) == int(line[1]) in self.refusals:
            return
        self.trouble.append(f"{self.page.url}: {message.type}: {message.text}")

    def open(self, path: str) -> None:
        """Go where someone gave one the address."""
        self.page.goto(path if path.startswith(self.address) else f"{self.address}{path}")

    def go(self, section: str) -> None:
        """Take the main navigation: the row at the top, or behind "More" on a phone."""
        if self.is_narrow:
            bar = self.page.get_by_role("navigation", name="Quick")
            bar.get_by_text("More").click()
            bar.get_by_role("link", name=section, exact=True).last.click()
        else:
            bar = self.page.get_by_role("navigation", name="Main")
            bar.get_by_role("link", name=section, exact=True).click()
        self.page.wait_for_load_state()

    def press(self, label: str | re.Pattern[str]) -> None:
        """Press the button, or the link that looks like one, and wait for the page it leads to."""
        where = self.page.get_by_role("main")
        found = where.get_by_role("button", name=label, exact=True)
        with self.page.expect_navigation():
            found.or_(where.get_by_role("link", name=label, exact=True)).first.click()

    def fill(self, label: str, words: str) -> None:
        """Type into the field with this label."""
        self.field(label).fill(words)

    def field(self, label: str) -> Locator:
        """The field with this label; buttons beside it may speak of it too."""
        return self.page.get_by_label(label).and_(self.page.locator("input, textarea")).first

    def choose(self, label: str) -> None:
        """Tick the box, or take the choice, with exactly these words."""
        self.page.get_by_label(label, exact=True).check()

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        """Come in through the door."""
        if not self.page.url.startswith(f"{self.address}/sign-in"):
            self.open("/sign-in")
        self.fill("Email address", email)
        self.fill("Password", password)
        self.press("Sign in")
        expect(
            self.page.get_by_role("button", name="Sign out")
            .or_(self.page.get_by_role("heading", level=1))
            .first
        ).to_be_visible()
        assert "/sign-in" not in self.page.url, self.page.get_by_role("main").inner_text()

    def see(self, words: str) -> None:
        """Wait until these words stand on the page."""
        expect(self.page.get_by_role("main")).to_contain_text(words)

    def not_see(self, words: str) -> None:
        """These words are nowhere in what the server sent."""
        assert words not in self.page.content()

    def await_page(self, path: str, is_there: Callable[[Page], bool], seconds: float = 40.0) -> None:
        """Open a page again and again until it shows what is awaited, as a person would who waits for mail."""
        ends = time.monotonic() + seconds
        self.open(path)
        while not is_there(self.page):
            assert time.monotonic() < ends, self.page.get_by_role("main").inner_text()
            self.page.wait_for_timeout(250)
            self.open(path)

    def await_value(self, expression: str, seconds: float = 10.0) -> None:
        """Wait until the expression is true in the page. (Playwright's own way needs eval, which the policy forbids.)"""
        ends = time.monotonic() + seconds
        while not self.page.evaluate(expression):
            assert time.monotonic() < ends, f"never true: {expression}"
            self.page.wait_for_timeout(50)

    def read_mail(self, recipient: str) -> None:
        """Open the newest mail to this address in the catcher, as soon as it has come."""
        row = self.page.get_by_role("row").filter(has_text=recipient)
        self.await_page("/dev/mail", lambda _page: row.count() > 0)
        row.first.get_by_role("link").click()
        self.page.wait_for_load_state()

    def look(self, name: str) -> None:
        """The page is free of accessibility faults and no wider than its window. A faulty one leaves a picture.

        With ORGANISING_TEST_PICTURES set, each does: half a second of a page that is longer than its window.
        """
        self.page.wait_for_load_state()
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        faults = [f"{wide} px wider than its window"] if wide > 0 else []
        # Without JavaScript axe would never answer; the scripted page is the same page and more.
        faults += self.faults() if self.scripted else []
        if faults or os.environ.get("ORGANISING_TEST_PICTURES"):
            SHOTS.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(
                path=SHOTS / f"{name}-{self.width}.png", full_page=True, animations="disabled"
            )
        assert not faults, f"{name} at {self.width} px:\n" + "\n".join(faults)

    def faults(self) -> list[str]:
        """What axe finds wrong, a line for each rule."""
        found = Axe().run(self.page, options=RULES).response["violations"]
        return [f"{one['id']}: {one['help']}: " + " ".join(n["html"] for n in one["nodes"]) for one in found]
