"""Contents in a bucket of S3-compatible storage."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

from ...config import Bucket

if TYPE_CHECKING:
    from minio import Minio

CONNECT_SECONDS, READ_SECONDS = 3, 30


class BucketStorage:
    """An object per content. The bucket is there already: the product needs no right to make one."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._made: Minio | None = None

    def put(self, key: str, content: bytes) -> None:
        """Keep a content; there under its key whole, or not at all."""
        with _plainly():
            self._client.put_object(
                self._bucket.name,
                self._bucket.prefix + key,
                BytesIO(content),
                len(content),
                content_type="application/octet-stream",
            )

    def get(self, key: str) -> bytes:
        """The content; raises ``FileNotFoundError``."""
        with _plainly():
            answer = self._client.get_object(self._bucket.name, self._bucket.prefix + key)
            try:
                return bytes(answer.read())
            finally:
                answer.close()
                answer.release_conn()

    def delete(self, key: str) -> None:
        """Let it go; gone already is no fault."""
        with _plainly():
            self._client.remove_object(self._bucket.name, self._bucket.prefix + key)

    def keys(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        """The keys that begin so, each with when it was put."""
        with _plainly():
            found = self._client.list_objects(self._bucket.name, self._bucket.prefix + prefix, recursive=True)
            for one in found:
                key = str(one.object_name).removeprefix(self._bucket.prefix)
                yield key, one.last_modified or datetime.now(UTC)

    @property
    def _client(self) -> "Minio":
        """Made at first use: who keeps files in a directory never loads it."""
        if self._made is None:
            import certifi
            import urllib3
            from minio import Minio

            pool = urllib3.PoolManager(
                timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
                retries=urllib3.Retry(total=1, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504]),
                maxsize=4,
                cert_reqs="CERT_REQUIRED",
                ca_certs=certifi.where(),
            )
            self._made = Minio(
                endpoint=self._bucket.endpoint,
                access_key=self._bucket.access_key,
                secret_key=self._bucket.secret_key,
                region=self._bucket.region,
                secure=self._bucket.secure,
                http_client=pool,
            )
        return self._made


@contextmanager
def _plainly() -> Iterator[None]:
    """One kind of error for whatever the library and its transport raise."""
    from minio.error import MinioException, S3Error
    from urllib3.exceptions import HTTPError

    try:
        yield
    except S3Error as error:
        if error.code in ("NoSuchKey", "NoSuchObject"):
            raise FileNotFoundError from None
        raise OSError(f"the bucket refused: {error.code}") from None
    except (MinioException, HTTPError) as error:
        raise OSError(f"the bucket does not answer: {type(error).__name__}") from None
