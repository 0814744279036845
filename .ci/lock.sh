#!/bin/bash
# Writes both lock files from pyproject.toml; UPGRADE=1 takes the newest releases instead of keeping what is locked.
set -euo pipefail
cd "$(dirname "$0")/.."

lock() { # lock FILE [pip-compile options…]
  local file=$1
  shift
  .venv/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras ${UPGRADE:+--upgrade} \
    --no-header --no-annotate --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options \
    --output-file "$file" "$@" pyproject.toml
  sed -i '1i # Written by `make lock` from pyproject.toml: exact versions and the hashes of their public files.' "$file"
  echo "$file: $(grep -c '^[a-z].*==' "$file") packages"
}

# The machine's own pip settings (mirrors, folders of wheels, constraints) must not show in a file that is for everyone.
export PIP_CONFIG_FILE=/dev/null PIP_FIND_LINKS= PIP_CONSTRAINT= PIP_EXTRA_INDEX_URL=
lock .ci/requirements.txt
lock .ci/requirements-dev.txt --extra dev --constraint .ci/requirements.txt
