"""Files, from outside: kept, opened without a cookie, removed and put back; nobody else's."""

from io import BytesIO

import pytest
from PIL import Image

from organising.files.kinds import PICTURES
from organising.files.services import address_of_file, keep_file


def photograph(width=1200, height=800) -> bytes:
    made, details = BytesIO(), Image.Exif()
    details[0x010F] = "Telling Phone"
    details.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 26.0), 3: "W", 4: (0.0, 7.0, 39.0)})
    Image.radial_gradient("L").resize((width, height)).convert("RGB").save(made, "JPEG", exif=details)
    return made.getvalue()


@pytest.fixture
def kept(app, world, organiser):
    """A photograph of the NEU's: its id and its address."""
    with app.test_request_context(), world.context("neu", organiser) as session:
        file = keep_file(organiser, BytesIO(photograph()), "Stall at Camden.png", kinds=PICTURES)
        session.commit()
        return file.id, address_of_file(file)


def test_a_file_is_opened_without_a_cookie_and_can_do_nothing(client, kept):
    answer = client.get(kept[1])
    assert answer.status_code == 200
    assert Image.open(BytesIO(answer.data)).size == (1200, 800)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Stall at Camden.jpg"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
