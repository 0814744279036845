"""What Prometheus reads, each number by its name. docs/operating.md explains them; a test holds that it names all.

Requests are counted from the request log's batches, off the request path; the rest where it happens.
"""

from __future__ import annotations

from prometheus_client import Counter, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
_SHARES = (0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1.0)

REQUESTS = Counter("harvest_bridge_requests", "Requests answered.", ["area", "status"])
OWN_SECONDS = Histogram(
    "harvest_bridge_own_seconds", "Our own time in a request: neither Harvest nor pacing.", ["area"], buckets=_SECONDS
)
REQUEST_HARVEST_SECONDS = Histogram(
    "harvest_bridge_request_harvest_seconds", "Harvest's time in a request that reached it.", ["area"], buckets=_SECONDS
)
BUDGET_USED = Histogram(
    "harvest_bridge_budget_used_ratio", "Share of a budget in use once a request took its slot.", buckets=_SHARES
)
HARVEST_CALLS = Counter("harvest_bridge_harvest_calls", "Calls to Harvest; status none: no answer.", ["host", "status"])
HARVEST_SECONDS = Histogram(
    "harvest_bridge_harvest_call_seconds",
    "One call: on /v2 until its answer begins, else to its end.",
    ["host"],
    buckets=_SECONDS,
)
PACING_WAITS = Histogram(
    "harvest_bridge_pacing_wait_seconds", "Waits for a slot, of those who had to wait.", ["lane"], buckets=_SECONDS
)
PACING_REFUSALS = Counter("harvest_bridge_pacing_refusals", "Calls refused for want of budget.", ["lane"])
REFRESHES = Counter("harvest_bridge_token_refreshes", "Renewals of Harvest tokens, by how they ended.", ["outcome"])
LOG_ROWS = Counter("harvest_bridge_request_log_rows", "Rows written to the request log.")
LOG_DROPPED = Counter("harvest_bridge_request_log_dropped", "Requests that the log had no room for.")
