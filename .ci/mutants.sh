#!/bin/bash
# Changes crucial modules in small ways, one after another, and prints the changes that no test notices: the survivors.
# Hours for all, so by hand or at night: `make mutants ONLY=idempotency` takes the modules whose path holds that word.
set -euo pipefail
cd "$(dirname "$0")/.."

declare -A tests=(
  [harvest_bridge/harvest/pacing/slots.py]="tests/harvest/test_pacing_intervals.py tests/harvest/test_pacing_stores.py tests/harvest/test_pacing_spacing.py tests/harvest/test_pacing.py"
  [harvest_bridge/harvest/pacing/learned_limit.py]="tests/harvest/test_learned_limit.py tests/harvest/test_pacing_beside_a_stranger.py"
  [harvest_bridge/harvest/pacing/in_flight.py]="tests/harvest/test_pacing_in_flight.py"
  [harvest_bridge/harvest/pacing/waiting_queue.py]="tests/harvest/test_pacing.py tests/harvest/test_pacing_in_flight.py"
  [harvest_bridge/harvest/pacing/sqlite_slots.py]="tests/harvest/test_pacing_stores.py tests/harvest/test_pacing.py tests/harvest/test_pacing_spacing.py tests/harvest/test_learned_limit.py"
  [harvest_bridge/connections/vault.py]="tests/connections/test_vault.py tests/connections/test_renewal.py"
  [harvest_bridge/connections/renewal.py]="tests/connections/test_renewal.py tests/connections/test_vault.py"
  [harvest_bridge/api/idempotency.py]="tests/api/test_idempotency.py tests/connections/test_renewal.py"
  [timer_widget/sessions/widget_tokens.py]="tests/timer_widget/test_d10.py tests/timer_widget/test_odd_tokens.py tests/timer_widget/test_sessions.py"
  [timer_widget/clicks/intents.py]="tests/timer_widget/test_clicks.py tests/timer_widget/test_outcomes.py tests/timer_widget/test_entries.py"
  [timer_widget/clicks/recording.py]="tests/timer_widget/test_clicks.py tests/timer_widget/test_outcomes.py tests/timer_widget/test_entries.py"
)

copy=$(mktemp -d) # the working tree stays as it is
trap 'rm -rf "$copy"' EXIT
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$copy"
ln -s "$PWD/.venv" "$copy/.venv"
cd "$copy"

for module in "${!tests[@]}"; do
  [[ $module == *"${ONLY:-}"* ]] || continue
  cat >mutants.toml <<EOF
[cosmic-ray]
module-path = "$module"
timeout = 120.0
excluded-modules = []
test-command = ".venv/bin/python -m pytest -q -x -p no:cacheprovider -p no:randomly ${tests[$module]}"
[cosmic-ray.distributor]
name = "local"
EOF
  rm -f mutants.sqlite
  .venv/bin/cosmic-ray init mutants.toml mutants.sqlite
  .venv/bin/cr-filter-operators mutants.sqlite .ci/mutants.toml
  nice -n 19 .venv/bin/cosmic-ray exec mutants.toml mutants.sqlite
  printf '\n=== %s\n' "$module"
  .venv/bin/cr-report --surviving-only --show-diff mutants.sqlite
done
