#!/bin/bash
# Installs the Debian packages that a purpose needs and this machine lacks; whoever is not root is told which.
# Usage: .ci/system-packages.sh demo|test
set -euo pipefail

missing=()
need() { # need PACKAGE COMMAND…: PACKAGE is missing when COMMAND fails
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}
has() { for name in "$@"; do command -v "$name" && return; done; return 1; }

need python3 has python3.11 python3
need python3-venv "$(has python3.11 python3 || echo false)" -c "import ensurepip"
if [ "${1:-demo}" = test ]; then
  need git has git
  need chromium has chromium chromium-browser google-chrome
  need firefox-esr has firefox-esr
  need postgresql compgen -G "/usr/lib/postgresql/*/bin/initdb"
  need redis-server has redis-server
  need nodejs has node
  need npm has npm
  need gettext has xgettext
  need curl has curl
  need jq has jq
  need hledger has hledger
  need ledger has ledger
  need ruby has ruby
  need sqlite3 has sqlite3
fi

[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -ne 0 ] || ! has apt-get >/dev/null; then
  echo "This machine lacks: ${missing[*]}. Install them, then come back:" >&2
  echo "    sudo apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi
echo "==> Installing Debian packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
if ! { apt-get update && apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
rm "$log"
