"""The web server's settings: `gunicorn --config python:organising.platform.gunicorn_config wsgi:app`.

ORGANISING_BIND (default 127.0.0.1:8000) is where it listens; WEB_CONCURRENCY (default 2) how many processes.
The access log is off: a line would carry addresses and query strings; the application logs requests itself.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from .supervision import die_with_parent

bind = os.environ.get("ORGANISING_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 8
# Imported once and shared; the processes start in no time after a crash.
preload_app = True
timeout = 60
graceful_timeout = 8
keepalive = 5
accesslog = None
errorlog = "-"
loglevel = "warning"
# The heartbeat file must not wait for a disk.
_memory = Path("/dev/shm")  # noqa: S108 - gunicorn makes a private file in it
worker_tmp_dir = str(_memory) if _memory.is_dir() else None
# A socket in the home directory by which to steer the server: nobody needs it.
control_socket_disable = True


def on_starting(server: Any) -> None:
    """Refuse to serve with a login that could pass by the firewall: one line, exit code 2."""
    from sqlalchemy.exc import OperationalError

    from .roles import RolesRefused, check_boot

    try:
        check_boot(server.app.wsgi().config["SETTINGS"].database_url)
    except RolesRefused as error:
        sys.exit(_refusal(str(error)))
    except OperationalError as error:
        sys.exit(_refusal(f"the database can't be reached: {str(error.orig).splitlines()[0]}"))


def _refusal(reason: str) -> int:
    print(f"organising: {reason}", file=sys.stderr)
    return 2


def post_fork(server: Any, _worker: Any) -> None:
    """Drop the connections that the fork inherited, and never outlive the server that forked."""
    die_with_parent(signal.SIGKILL, server.pid)
    from .db import db

    app = server.app.wsgi()
    with app.app_context():
        for engine in db.engines.values():
            # The parent still uses what it has open: forget, do not close.
            engine.dispose(close=False)
