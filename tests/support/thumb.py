"""What a report costs somebody with one thumb: taps, characters and swipes, and the seconds that they take."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

TAP, CHARACTER, SWIPE = 1.5, 1 / 3, 1.0
# A swipe moves the page by this share of the window; what a bar covers can't be tapped.
REACH, BAR = 0.6, 150


@dataclass
class Thumb:
    """Counts as it goes."""

    page: Page
    taps: int = 0
    characters: int = 0
    swipes: int = 0

    @property
    def seconds(self) -> float:
        """At 1.5 s a tap, 3 characters a second, 1 s a swipe."""
        return self.taps * TAP + self.characters * CHARACTER + self.swipes * SWIPE

    def reach(self, place: Locator) -> None:
        """Swipe until it can be tapped."""
        window = self.page.viewport_size
        assert window
        for _swipe in range(30):
            box = place.bounding_box()
            assert box, place
            if box["y"] < 0:
                step = -1
            elif box["y"] + min(box["height"], 60) > window["height"] - BAR:
                step = 1
            else:
                return
            self.page.mouse.move(window["width"] / 2, window["height"] / 2)
            self.page.mouse.wheel(0, step * window["height"] * REACH)
            self.page.wait_for_timeout(150)
            self.swipes += 1
        raise AssertionError(f"out of reach: {place}")

    def tap(self, place: Locator, taps: int = 1) -> None:
        """Tap it; ``taps`` where the phone's own sheet asks for more."""
        self.reach(place)
        place.click()
        self.taps += taps

    def type(self, place: Locator, words: str) -> None:
        """Tap into it and type."""
        self.tap(place)
        place.press_sequentially(words)
        self.characters += len(words)

    def choose(self, place: Locator, label: str) -> None:
        """Open a phone's list and take one of it: two taps."""
        self.reach(place)
        place.select_option(label=label)
        self.taps += 2

    def photograph(self, place: Locator, name: str, content: bytes) -> None:
        """Open the camera, release it, take the picture: three taps."""
        self.reach(place)
        place.set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": content})
        self.taps += 3
