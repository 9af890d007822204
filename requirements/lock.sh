#!/bin/sh
# Lock what pyproject.toml asks for, with hashes and without the address of any index.
set -eu
bin=$1
lock() {
    output=$1
    shift
    "$bin/uv" pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-emit-find-links --no-header --quiet --upgrade --output-file "$output" "$@"
}
lock requirements/runtime.txt pyproject.toml
lock requirements/dev.txt pyproject.toml --group build --group dev --constraint requirements/runtime.txt
lock requirements/build.txt --group build
lock requirements/node.txt --group node
lock requirements/bucket.txt --group bucket
lock requirements/uv.txt requirements/uv.in
