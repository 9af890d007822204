"""A kept upload as a row, for tests that need one and not what is in it."""

from datetime import timedelta

from organising.platform.clock import now, today
from organising.representatives.models import GivenFile, ImportUpload
from organising.representatives.models.uploads import pack


def kept_upload() -> ImportUpload:
    return ImportUpload(
        title="invented.csv",
        content=pack([GivenFile("invented.csv", b"a,b\n1,2\n")]),
        as_of=today(),
        difference={"files": []},
        fingerprint="invented",
        by_label="x",
        changed_at=now(),
        expires_at=now() + timedelta(hours=1),
    )
