"""Small real servers on this machine: an S3-like storage that checks every signature, and a scanner that speaks clamd's protocol."""

import hashlib
import hmac
import json
import socket
import socketserver
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
ACCESS, SECRET, REGION = "invented-access", "invented-secret", "eu-west-2"


class _Bucket(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        """Quiet."""

    def _signed(self, body: bytes) -> bool:
        """Signature version 4, worked out anew from what came."""
        told = self.headers.get("Authorization", "")
        parts = dict(p.strip().split("=", 1) for p in told.partition(" ")[2].split(",") if "=" in p)
        day, region, service, _ = parts.get("Credential", "////").split("/")[1:5]
        url = urlsplit(self.path)
        said = self.headers.get("x-amz-content-sha256", "")
        if said != "UNSIGNED-PAYLOAD" and said != hashlib.sha256(body).hexdigest():
            return False
        pairs = sorted(parse_qsl(url.query, keep_blank_values=True))
        query = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in pairs)
        names = parts.get("SignedHeaders", "").split(";")
        heads = "".join(f"{name}:{' '.join((self.headers.get(name) or '').split())}\n" for name in names)
        asked = "\n".join([self.command, url.path, query, heads, ";".join(names), said])
        scope = f"{day}/{region}/{service}/aws4_request"
        text = "\n".join(
            [
                "AWS4-HMAC-SHA256",
                self.headers["x-amz-date"],
                scope,
                hashlib.sha256(asked.encode()).hexdigest(),
            ]
        )
        key = f"AWS4{SECRET}".encode()
        for part in (day, region, service, "aws4_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        wanted = hmac.new(key, text.encode(), "sha256").hexdigest()
        return (
            parts.get("Credential", "").startswith(f"{ACCESS}/")
            and region == REGION
            and hmac.compare_digest(wanted, parts.get("Signature", ""))
        )

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kept: dict[str, bytes] = self.server.kept  # type: ignore[attr-defined]
        path = unquote(urlsplit(self.path).path)
        if not self._signed(body):
            self.server.refused += 1  # type: ignore[attr-defined]
            return self._answer(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
        if self.command == "PUT":
            kept[path] = body
            return self._answer(200)
        if self.command == "DELETE":
            if not self.server.keeps:  # type: ignore[attr-defined]
                kept.pop(path, None)
            return self._answer(204)
        if "list-type" in self.path:
            return self._answer(200, self._listed(kept, path))
        if path not in kept:
            return self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        return self._answer(200, kept[path])

    def _listed(self, kept: dict[str, bytes], path: str) -> bytes:
        prefix = dict(parse_qsl(urlsplit(self.path).query)).get("prefix", "")
        base = path.rstrip("/") + "/"
        keys = [one.removeprefix(base) for one in sorted(kept) if one.startswith(base + prefix)]
        rows = "".join(
            f"<Contents><Key>{key}</Key><LastModified>2020-01-01T00:00:00.000Z</LastModified><Size>1</Size></Contents>"
            for key in keys
        )
        return f"<ListBucketResult><Name>coalition</Name><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>".encode()

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/xml")
        self.send_header("ETag", '"x"')
        self.send_header("Last-Modified", datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT"))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = do_DELETE = do_HEAD = _serve


@contextmanager
def running_bucket() -> Iterator[ThreadingHTTPServer]:
    """The storage; ``keeps``: it deletes nothing; ``kept`` is what lies in it, ``refused`` how many requests were not signed as they should be."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Bucket)
    server.daemon_threads = True
    server.kept, server.refused, server.keeps = {}, 0, False  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


WEED = Path(sys.executable).with_name("weed")


@contextmanager
def running_weed(place: Path) -> Iterator[str]:
    """SeaweedFS, a real S3-compatible server (``make bucket``), over an empty directory; answers its host and port."""
    may = {
        "name": "here",
        "credentials": [{"accessKey": ACCESS, "secretKey": SECRET}],
        "actions": ["Admin", "Read", "Write"],
    }
    (place / "s3.json").write_text(json.dumps({"identities": [may]}))
    # The ports of gRPC are 10,000 above.
    ports = dict(zip(("master", "volume", "filer", "s3"), _free_ports(4), strict=True))
    arguments = [str(WEED), "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={place}", "-filer", "-s3",
                 f"-s3.config={place / 's3.json'}", "-volume.max=20", "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.volumeSizeLimitMB=64",
                 *(f"-{name}.port={port}" for name, port in ports.items())]  # fmt: skip
    with (place / "log").open("wb") as log:
        child = subprocess.Popen(arguments, stdout=log, stderr=log)
    try:
        for _ in range(600):
            with socket.socket() as line:
                if line.connect_ex(("127.0.0.1", ports["s3"])) == 0:
                    break
            time.sleep(0.1)
        yield f"127.0.0.1:{ports['s3']}"
    finally:
        # It takes its time where it is asked kindly, and nothing of it is needed any more.
        child.kill()
        child.wait(20)


def _free_ports(count: int) -> list[int]:
    lines = [socket.socket() for _ in range(count * 8)]
    for line in lines:
        line.bind(("127.0.0.1", 0))
    found = [line.getsockname()[1] for line in lines]
    for line in lines:
        line.close()
    return [one for one in found if one < 55_000][:count]


class _Scanner(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        """One command and its answer."""
        asked = b""
        while not asked.endswith(b"\0"):
            asked += self.rfile.read(1) or b"\0"
        if asked == b"zVERSION\0":
            self.wfile.write(self.server.version + b"\0")  # type: ignore[attr-defined]
        if asked != b"zINSTREAM\0":
            return
        content = b""
        while length := struct.unpack(">I", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
            if len(content) > self.server.most:  # type: ignore[attr-defined]
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.server.scanned.append(len(content))  # type: ignore[attr-defined]
        said = self.server.says or (  # type: ignore[attr-defined]
            b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
        )
        self.wfile.write(said)


@contextmanager
def running_scanner() -> Iterator[socketserver.ThreadingTCPServer]:
    """The scanner; ``scanned`` are the sizes it was given, ``says`` what it answers instead of the truth, ``version`` what it says it is."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Scanner)
    server.daemon_threads = True
    server.scanned, server.says = [], b""  # type: ignore[attr-defined]
    server.most = 2**30  # type: ignore[attr-defined]
    server.version = b"ClamAV 1.4.1/27480/Tue Dec  3 09:40:26 2030"  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()
