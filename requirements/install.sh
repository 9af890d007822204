#!/bin/sh
# Install the locked packages into a virtual environment: with uv, which takes seconds, or with pip where uv can't be had.
set -eu
bin=$1
if "$bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt 2>/dev/null; then
    "$bin/uv" pip sync --quiet --require-hashes --python "$bin/python" requirements/dev.txt requirements/uv.txt
    "$bin/uv" pip install --quiet --python "$bin/python" --no-deps --no-build-isolation --editable .
else
    "$bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
    "$bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
fi
