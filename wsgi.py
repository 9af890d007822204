"""The WSGI entry: ``gunicorn wsgi:app``."""

from organising.app import create_app

app = create_app()
