"""A drive's colour is readable or refused; logos are made anew, and public for members and the lead only."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from organising.organisations import logos
from organising.organisations.logos import MOST_BYTES_KEPT
from organising.platform.colours import least_contrast
from tests.support.pledges import PAGE, open_a_drive


def picture(kind="PNG", colour=(197, 48, 26, 255), size=(1200, 600)):
    made = BytesIO()
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    image.paste(colour, (0, 0, size[0] // 2, size[1]))
    if kind == "JPEG":
        image = image.convert("RGB")
        exif = Image.Exif()
        exif[0x010E] = "taken at home"
        image.save(made, kind, exif=exif)
    else:
        image.save(made, kind)
    return made.getvalue()


def send(browser, content, alt="Liberty", name="logo.png"):
    return browser.post(
        "/organisation/logo",
        data={"file": (BytesIO(content), name), "alt": alt},
        content_type="multipart/form-data",
    )


@pytest.fixture
def drive_id(world):
    return open_a_drive(world)


def test_a_colour_that_is_hard_to_read_is_refused_with_the_nearest_that_is_not(world, drive_id, client):
    page = f"/pledges/drives/{drive_id}/look"
    coordinator = world.browser(world.user("liberty", "coordinator"))
    assert "/look/" not in client.get(PAGE).text
    assert coordinator.post(page, data={"colour": "red"}).status_code == 422
    refused = coordinator.post(page, data={"colour": "#ffcc00"})
    assert refused.status_code == 422
    assert "4.5:1" in refused.text
    near = re.search(r'name="take_colour"[^>]*value="(#\w{6})"', refused.text)[1]
    assert least_contrast(near, dark=False) >= 4.5
    taken = coordinator.post(page, data={"colour": "#ffcc00", "take_colour": near, "shows_logos": "y"})
    assert taken.status_code == 303
    dark = coordinator.post(page, data={"colour": near, "colour_dark": "#333333", "shows_logos": "y"})
    assert dark.status_code == 422
    address = re.search(r'href="(/look/[^"]+)"', client.get(PAGE).text)[1]
    sheet = client.get(address)
    assert sheet.mimetype == "text/css"
    assert f"--accent: {near}" in sheet.text
    assert "prefers-color-scheme: dark" in sheet.text
    assert sheet.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert not {"Set-Cookie", "Vary"} & set(sheet.headers.keys())
    # Asked for by a member, cookie and all: the very same.
    assert coordinator.get(address).headers["Cache-Control"] == sheet.headers["Cache-Control"]
    assert "Vary" not in coordinator.get(address).headers
    assert client.get(address.replace(".css", "0.css")).headers["Cache-Control"] == "no-cache"
    assert client.get("/look/never-was/0.css").status_code == 404
    neu = world.browser(world.user("neu", "coordinator"))
    assert neu.post(page, data={"colour": near}).status_code == 403


def test_logos_are_made_anew_and_public_for_members_and_the_lead_only(
    world, drive_id, client, owner, monkeypatch
):
    liberty, praxis = (world.browser(world.user(slug, "admin")) for slug in ("liberty", "praxis"))
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    for wrong in (svg, b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"0" * 50, b""):
        assert send(liberty, wrong).status_code == 422, wrong[:10]
    assert send(liberty, picture(), alt="").status_code == 422
    with monkeypatch.context() as patch:
        patch.setattr(logos, "LOGOS", replace(logos.LOGOS, most=1000))
        assert send(liberty, picture()).status_code == 422
    for kind in ("PNG", "WEBP", "JPEG"):
        # By its content, whatever it is called.
        assert send(liberty, picture(kind), name="logo.svg").status_code == 303, kind
    assert send(praxis, picture()).status_code == 303
    page = client.get(PAGE).text
    addresses = re.findall(r'src="(/logo/[^"]+)"', page)
    assert [address.split("/")[2] for address in addresses] == ["liberty"]
    assert "NEU" in page
    assert "Praxis" not in re.search(r'id="partners-title".*?</section>', page, re.DOTALL)[0]
    served = client.get(addresses[0])
    assert served.mimetype == "image/jpeg"
    assert len(served.data) <= MOST_BYTES_KEPT
    assert b"taken at home" not in served.data
    assert b"Exif" not in served.data
    assert served.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert not {"Set-Cookie", "Vary"} & set(served.headers.keys())
    digest = owner.rows(
        "SELECT digest FROM partner_logo WHERE organisation_id = %s", world.organisations["praxis"]
    )[0][0]
    hidden, absent = client.get(f"/logo/praxis/{digest}"), client.get("/logo/praxis/never")
    assert (hidden.status_code, hidden.data) == (absent.status_code, absent.data) == (404, absent.data)
    assert praxis.get("/organisation/logo/picture").mimetype == "image/png"
    assert "shown once you are a member" in praxis.get("/organisation/logo").text
    owner.rows(
        "UPDATE campaign_member SET coalition_status = 'member' WHERE organisation_id = %s",
        world.organisations["praxis"],
    )
    assert client.get(f"/logo/praxis/{digest}").status_code == 200
    assert world.browser(world.user("neu", "organiser")).get("/organisation/logo").status_code == 403
    coordinator = world.browser(world.user("liberty", "coordinator"))
    coordinator.post(f"/pledges/drives/{drive_id}/look", data={"colour": ""})
    assert "/logo/" not in client.get(PAGE).text
    assert liberty.post("/organisation/logo/removal").status_code == 303
    assert client.get(addresses[0]).status_code == 404
