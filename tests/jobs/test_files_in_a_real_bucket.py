"""Files in a real S3-compatible server: kept, opened, found by the doctor, swept; and what it refuses, in words."""

import dataclasses
import time
from datetime import timedelta
from io import BytesIO

import pytest

from organising.config import Bucket
from organising.files import jobs
from organising.files.looks import look_at_storage
from organising.files.services import address_of_file, keep_file, removing
from organising.files.storage import get_storage
from organising.platform.doctor import State
from tests.support.storage import ACCESS, REGION, SECRET, WEED, running_weed
from tests.support.uploads import photograph

pytestmark = pytest.mark.skipif(not WEED.exists(), reason="`make bucket` installs the server")


def test_files_are_kept_in_it_opened_looked_for_and_swept(app, client, world, tmp_path, monkeypatch):
    organiser = world.user("neu", "organiser")
    with running_weed(tmp_path) as endpoint:
        bucket = Bucket(endpoint, "coalition", "here/", ACCESS, SECRET, REGION, False)

        def settle(changed):
            app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], files_bucket=changed)
            app.extensions.pop("organising.files", None)
            with app.app_context():
                return get_storage()

        def look():
            with app.app_context():
                return look_at_storage(app.config["SETTINGS"])

        storage = settle(bucket)
        for _ in range(60):
            try:
                storage._client.make_bucket(bucket.name)
            except Exception:  # it is still starting, in whichever way that shows
                time.sleep(0.5)
            else:
                break
        with app.test_request_context(), world.context("neu", organiser) as session:
            file = keep_file(organiser, BytesIO(photograph()), "Stall.jpg")
            address, path = address_of_file(file), f"/files/{file.id}"
            session.commit()
        assert client.get(address).mimetype == "image/jpeg"
        keys = [key for key, _ in storage.keys(f"{organiser.organisation_id}/")]
        assert len(keys) == 2
        assert not any(storage.get(key).startswith(b"\xff\xd8") for key in keys)
        largest = b"x" * (15 * 2**20)
        storage.put("probe/largest", largest)
        assert storage.get("probe/largest") == largest
        for _gone_already in range(2):
            storage.delete("probe/largest")
        with pytest.raises(FileNotFoundError):
            storage.get("probe/largest")
        assert look().state is State.OK

        settle(dataclasses.replace(bucket, secret_key="another"))
        found = look()
        assert (found.state, "SignatureDoesNotMatch" in found.words) == (State.FAILED, True)
        assert client.get(address).status_code == 503

        storage = settle(bucket)
        browser = world.browser(organiser)
        browser.post(f"{path}/removal")
        browser.post(f"{path}/deletion")
        assert client.get(address).status_code == 404
        # The server's clock can't be moved: what is younger than an hour counts as old instead.
        monkeypatch.setattr(removing, "YOUNGEST", timedelta(0))
        with app.app_context():
            jobs.sweep_files()
        assert list(storage.keys(f"{organiser.organisation_id}/")) == []
