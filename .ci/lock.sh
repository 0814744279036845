#!/bin/bash
# Writes the lock files from pyproject.toml, and the manual's from docs.in; UPGRADE=1 takes the newest releases
# instead of keeping what is locked.
# uv locks for every platform and every Python from 3.11.0 on at once: redis needs one package more on Debian's 3.11.2.
set -euo pipefail
cd "$(dirname "$0")/.."

lock() { # lock FILE INPUT [options…]
  local file=$1 input=$2
  shift 2
  .venv/bin/uv pip compile --quiet --universal --python-version 3.11.0 --fork-strategy fewest --generate-hashes \
    --no-header --no-annotate --no-emit-index-url ${UPGRADE:+--upgrade} --output-file "$file" "$@" "$input"
  sed -i "1i # Written by \`make lock\` from $input: exact versions and the hashes of their public files." "$file"
  echo "$file: $(grep -c '^[a-z].*==' "$file") packages"
}

# The machine's own settings (mirrors, folders of wheels, constraints) must not show in a file that is for everyone.
export UV_NO_CONFIG=1
unset UV_FIND_LINKS UV_INDEX UV_EXTRA_INDEX_URL UV_CONSTRAINT UV_OVERRIDE
lock .ci/requirements.txt pyproject.toml
lock .ci/requirements-dev.txt pyproject.toml --extra dev --constraint .ci/requirements.txt
lock .ci/requirements-docs.txt .ci/docs.in --constraint .ci/requirements-dev.txt
