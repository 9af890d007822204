"""A line to a server that can be cut, and that can lose the answer to a request which has arrived."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CHUNK = 65_536


class Line:
    """Forwards every connection to a server, as long as it is not cut. ``address`` is where it listens."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.is_cut = False
        # The answers to so many requests that begin like this get lost on their way back.
        self.lose, self.beginning, self.lost = 0, b"", 0
        self._listener = socket.create_server((host, 0))
        self.address = f"http://{host}:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """From now on nothing gets through, also of what is under way."""
        self.is_cut = True
        with self._lock:
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """It works again."""
        self.is_cut = False

    def close(self) -> None:
        """Stop listening."""
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            if self.is_cut:
                caller.close()
                continue
            threading.Thread(target=self._carry, args=(caller,), daemon=True).start()

    def _carry(self, caller: socket.socket) -> None:
        losing = threading.Event()
        with caller, socket.create_connection(self._target) as server:
            with self._lock:
                self._open |= {caller, server}
            back = threading.Thread(target=self._answer, args=(server, caller, losing), daemon=True)
            back.start()
            with suppress(OSError):
                while chunk := caller.recv(CHUNK):
                    if self.lose and chunk.startswith(self.beginning):
                        self.lose -= 1
                        losing.set()
                    server.sendall(chunk)
            with suppress(OSError):
                server.shutdown(socket.SHUT_WR)
            back.join(60)
            with self._lock:
                self._open -= {caller, server}

    def _answer(self, server: socket.socket, caller: socket.socket, losing: threading.Event) -> None:
        with suppress(OSError):
            while chunk := server.recv(CHUNK):
                if losing.is_set():
                    self.lost += 1
                    break
                caller.sendall(chunk)
        with suppress(OSError):
            caller.shutdown(socket.SHUT_RDWR)


@contextmanager
def line_to(address: str) -> Iterator[Line]:
    """A line to the server at ``http://host:port``."""
    host, _, port = address.removeprefix("http://").partition(":")
    line = Line(host, int(port))
    try:
        yield line
    finally:
        line.close()
