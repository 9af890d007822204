# syntax=docker/dockerfile:1
# Three stages: the front end, the locked packages, and what runs. Read with care, not built here: no engine at hand.

FROM node:24-bookworm-slim AS front-end
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
RUN apt-get update && apt-get install -y --no-install-recommends python3 && rm -rf /var/lib/apt/lists/*
COPY assets ./assets
COPY organising ./organising
# Run as a file: the front end needs the standard library only, and no package is installed in this stage.
RUN python3 organising/platform/frontend.py --require

FROM python:3.13-slim-bookworm AS packages
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/organising
COPY requirements ./requirements
RUN /opt/organising/bin/pip install --require-hashes -r requirements/runtime.txt
RUN python -m venv /opt/build && /opt/build/bin/pip install --require-hashes -r requirements/build.txt
COPY pyproject.toml README.md LICENSE ./
COPY organising ./organising
COPY templates ./templates
COPY migrations ./migrations
COPY --from=front-end /src/organising/static ./organising/static
RUN /opt/organising/bin/python -m organising.platform.catalogs
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /opt/organising/bin/pip install --no-deps /wheels/organising-*.whl

FROM python:3.13-slim-bookworm
RUN groupadd --gid 10001 organising && useradd --uid 10001 --gid organising --no-create-home --shell /usr/sbin/nologin organising
COPY --from=packages /opt/organising /opt/organising
WORKDIR /srv
COPY wsgi.py ./
ENV PATH=/opt/organising/bin:$PATH PYTHONUNBUFFERED=1 ORGANISING_MODE=production ORGANISING_DATA_DIR=/var/lib/organising PORT=8000 ORGANISING_BIND=0.0.0.0:8000
RUN install -d -o organising -g organising -m 0700 /var/lib/organising
USER organising
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=4s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/readyz', timeout=3)"]
CMD ["gunicorn", "--config", "python:organising.platform.gunicorn_config", "wsgi:app"]
