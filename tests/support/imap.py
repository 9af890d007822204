"""A small IMAP server with one mailbox: as much of RFC 3501 as a client needs that fetches and marks."""

import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

SECTION = re.compile(r"BODY\.PEEK\[\]<0\.(\d+)>")


@dataclass
class Mailbox:
    """``messages`` by UID with their ``flags``. ``drop_at``: a command's name at which the connection breaks."""

    username: str = "replies"
    password: str = "a secret with spaces"
    takes_keywords: bool = True
    messages: dict[int, bytes] = field(default_factory=dict)
    flags: dict[int, set[str]] = field(default_factory=dict)
    drop_at: str = ""
    said: list[str] = field(default_factory=list)
    port: int = 0

    def put(self, content: bytes) -> int:
        """A message comes; answers its UID."""
        uid = len(self.messages) + 1
        self.messages[uid], self.flags[uid] = content, set()
        return uid

    def search(self, words: str) -> list[int]:
        """The UIDs that UNSEEN and UNKEYWORD leave."""
        keyword = words.partition("UNKEYWORD ")[2].split(" ")[0]
        return [
            uid
            for uid, flags in self.flags.items()
            if "\\Seen" not in flags and (not keyword or keyword not in flags)
        ]


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        box: Mailbox = self.server.box  # type: ignore[attr-defined]
        self.tell("* OK [CAPABILITY IMAP4REV1 UIDPLUS] ready")
        signed_in = False
        while line := self.rfile.readline():
            tag, _, rest = line.decode().rstrip("\r\n").partition(" ")
            name, _, given = rest.partition(" ")
            name = f"UID {given.split(' ')[0]}".upper() if name.upper() == "UID" else name.upper()
            box.said.append(name)
            if name == box.drop_at:
                return
            if name == "LOGIN":
                signed_in = given.replace('"', "") == f"{box.username} {box.password}"
                self.tell(f"{tag} {'OK in' if signed_in else 'NO wrong name or password'}")
            elif name in ("CAPABILITY", "LOGOUT"):
                self.tell("* BYE" if name == "LOGOUT" else "* CAPABILITY IMAP4REV1", f"{tag} OK done")
            elif not signed_in:
                self.tell(f"{tag} BAD sign in first")
            elif name == "SELECT":
                keywords = " \\*" if box.takes_keywords else ""
                self.tell(f"* OK [PERMANENTFLAGS (\\Seen{keywords})] flags")
                self.tell(f"{tag} {'OK open' if 'INBOX' in given else 'NO no such folder'}")
            elif name == "UID SEARCH":
                self.tell("* SEARCH " + " ".join(map(str, box.search(given))), f"{tag} OK done")
            elif name == "UID FETCH":
                self.fetch(box, tag, given)
            elif name == "UID STORE":
                uid, flags = int(given.split(" ")[1]), given.partition("(")[2].rstrip(")")
                box.flags[uid] |= set(flags.split(" "))
                self.tell(f"{tag} OK done")
            else:
                self.tell(f"{tag} BAD not known")

    def fetch(self, box: Mailbox, tag: str, given: str) -> None:
        uid, most = int(given.split(" ")[1]), SECTION.search(given)
        assert most is not None
        content = box.messages[uid][: int(most[1])]
        self.tell(f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(content)}}}")
        self.wfile.write(content)
        self.tell(")", f"{tag} OK done")

    def tell(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    context: ssl.SSLContext | None = None

    def finish_request(self, request, client_address):  # type: ignore[no-untyped-def]
        try:
            if self.context is not None:
                request = self.context.wrap_socket(request, server_side=True)
            super().finish_request(request, client_address)
        except OSError:
            return


@contextmanager
def running_imap(context: ssl.SSLContext | None = None) -> Iterator[Mailbox]:
    """A mailbox on a free loopback port, with TLS from the first byte where a context is given."""
    box = Mailbox()
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.box, server.context = box, context  # type: ignore[attr-defined]
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join(10)
