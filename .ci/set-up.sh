#!/bin/bash
# Makes .venv and installs one of the locked sets into it. Safe to repeat; the Makefile calls it when a lock has changed.
# Usage: .ci/set-up.sh runtime|development|docs
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1:?runtime, development or docs} in
  runtime) purpose=demo lock=.ci/requirements.txt ;;
  docs) purpose=demo lock=.ci/requirements-docs.txt ;;
  development) purpose=test lock=.ci/requirements-dev.txt ;;
esac
.ci/system-packages.sh $purpose

python=${PYTHON:-$(command -v python3.11 || command -v python3)}
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "Python 3.11 or newer is needed; $python is $("$python" -V). Name another: make $purpose PYTHON=/path/to/python3.11" >&2
  exit 1
fi
if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  echo "==> Making .venv with $("$python" -V)"
  "$python" -m venv --clear .venv
fi

total=$(grep -c '^[a-z].*==' $lock)
echo "==> Installing $total Python packages, each checked against its hash ($lock)"
show_count() { # one line that counts up; CI's log needs none
  if [ ! -t 1 ]; then cat >/dev/null; else
    awk -v total="$total" '/\(from -r |^Ignoring / {printf "\r    %d of %d", ++n, total; fflush()} END {print ""}'
  fi
}
PYTHONUNBUFFERED=1 .venv/bin/python -m pip install --disable-pip-version-check --no-color --progress-bar off \
  --require-hashes --no-deps -r $lock 2> >(grep -v '^WARNING' >&2) | show_count

case $1 in # the development set contains the others
  development) touch .venv/.runtime .venv/.docs .venv/.development ;;
  *) touch ".venv/.$1" ;;
esac
