"""Keying a sheet by keyboard alone: Enter saves a row and the cursor is in the next; without signal nothing typed is lost."""

from io import BytesIO

from PIL import Image
from playwright.sync_api import BrowserContext, expect

from tests.support.line import Line
from tests.support.live import NARROW, Visitor

from .test_stall import OFFICER, PATIENCE, device, line

__all__ = ["device", "line"]


def photograph() -> bytes:
    made = BytesIO()
    Image.new("RGB", (900, 600), "beige").save(made, "JPEG")
    return made.getvalue()


def test_rows_are_keyed_by_keyboard_and_survive_a_lost_line(device: BrowserContext, line: Line) -> None:
    visitor = Visitor(device, device.new_page(), line.address, OFFICER, NARROW)
    visitor.sign_in(OFFICER)
    visitor.open("/pledges/paper")
    visitor.press("Type in a sheet")
    page = visitor.page
    visitor.fill("Where were they signed?", "Library steps")
    visitor.fill("Signatures on the sheets", "3")
    page.get_by_label("Photographs of the sheets").set_input_files(
        {"name": "sheet.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
    )
    visitor.press("Begin")
    name = page.get_by_label("Name", exact=True)
    expect(page.get_by_role("img", name="Photograph of sheet 1")).to_be_visible()
    expect(name).to_be_focused()

    def key(who: str) -> None:
        page.keyboard.type(who)
        page.keyboard.press("Tab")
        page.keyboard.type("e1 4ns")
        page.keyboard.press("Enter")

    key("Amina Story")
    expect(page.get_by_text("Amina Story, E1 4NS")).to_be_visible()
    expect(name).to_be_focused()
    line.cut()
    key("Bruno Fiction")
    expect(page.get_by_text("Not saved: there is no connection")).to_be_visible(timeout=PATIENCE)
    expect(name).to_have_value("Bruno Fiction")
    # The answer gets lost, the row does not; sent again, it is one row.
    line.mend()
    line.beginning, line.lose = b"POST /pledges/paper/", 1
    page.keyboard.press("Enter")
    failed, kept = (
        page.get_by_text("Not saved: there is no connection"),
        page.get_by_text("Bruno Fiction, E1 4NS"),
    )
    # The browser itself may send again what was reset.
    expect(failed.or_(kept).filter(visible=True).first).to_be_visible(timeout=PATIENCE)
    if name.input_value():
        page.keyboard.press("Enter")
    expect(page.get_by_text("Bruno Fiction, E1 4NS")).to_have_count(1)
    expect(name).to_be_focused()
    key("Chidi")
    expect(page.get_by_text("3 are typed in and 0 rejected.")).to_be_visible()
    page.keyboard.type("Dora")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Postcode", exact=True)).to_be_focused()
    expect(name).to_have_value("Dora")
    visitor.look("paper-keying")
    visitor.press("Send the batch in")
    visitor.see("Waiting for an administrator")
    visitor.look("paper-sent-in")
