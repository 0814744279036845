#!/bin/bash
# Brings the translations of the connect pages and the sign-in window up to date: new strings into each .po, each .po into its .mo.
# Whoever changes a string runs it and translates what is empty. Usage: .ci/messages.sh [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."
locale=$(realpath "${1:-harvest_bridge/connections/locale}") python=$PWD/.venv/bin/python

work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
mkdir "$work/python"
cp -r templates/connections "$work/templates"
cp templates/timer_widget/sign_in.html "$work/templates/"
cp -r harvest_bridge/connections/*.py harvest_bridge/connections/pages "$work/python/"
ln -s "$locale" "$work/locale"

cd "$work"
unset DJANGO_SETTINGS_MODULE # no project is needed
"$python" -m django makemessages --all --no-location --no-wrap --no-obsolete --verbosity 0
find "$locale" -name '*.po' -exec sed -i '/^"POT-Creation-Date:/d' {} +
"$python" -m django compilemessages --verbosity 0
