#!/bin/bash
# Every check there is, each in a section of its own; goes on after a failure, so that one run tells all of them.
set -uo pipefail
cd "$(dirname "$0")/.."
unset PYTHONDONTWRITEBYTECODE # each of some hundred processes would compile all of it anew

summary=() failed=0
told=$(mktemp) output=$(mktemp)
trap 'rm -f "$told" "$output"' EXIT

section() { # section TITLE COMMAND…
  local title=$1 started=$SECONDS verdict=passed
  shift
  printf '\n=== %s\n' "$title"
  "$@" || verdict=FAILED failed=1
  summary+=("$(printf '%-7s %4d s  %s' "$verdict" $((SECONDS - started)) "$title")")
}

# Each worker begins with a part of its own, so that a module's fixtures are made once, and takes from the others' when it
# is done. Four for two cores, as many tests wait for a browser or another process.
tests() { # tests [NAME=VALUE…]
  env "$@" .venv/bin/python -m pytest -q -n 4 --dist worksteal | tee -a "$output"
}

types() { # what mypy said, beside the tests
  wait "$mypy"
  local status=$?
  cat "$told"
  return $status
}

section "Style: ruff check" .venv/bin/ruff check --quiet
section "Layout: ruff format" .venv/bin/ruff format --quiet --check
section "Browser sources: eslint and tsc" npm --prefix timer_widget/frontend run --silent lint
nice -n 19 .venv/bin/mypy >"$told" 2>&1 & # on the time that the tests leave
mypy=$!
section "Everything on SQLite" tests
section "Types: mypy --strict" types
section "What touches a database, on PostgreSQL" tests TEST_DATABASE=postgres

printf '\n=== Summary (%d s)\n' $SECONDS
printf '%s\n' "${summary[@]}"
grep -E '^(ERROR|FAILED) ' "$output" | cut -c 1-240 | head -n 60 # where a log is cut, its end is kept
exit $failed
