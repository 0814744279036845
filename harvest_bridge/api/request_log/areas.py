"""Which requests are logged, and under which area, by the first part of their path."""

from __future__ import annotations

AREAS = {
    "v2": "drop-in",
    "api": "drop-in",
    "proxy": "envelope",
    "custom": "envelope",
    "unified": "unified",
    "timer": "timer",
    "link-token": "connections",
    "integrated-account": "connections",
    "webhook": "webhooks",
    "mirror": "mirror",
    "insights": "insights",
    "provisioning": "provisioning",
    "invoices": "invoices",
    "portal": "portal",
}
# Pages, health, the admin: they get a request id, and no row.
NOT_LOGGED = ""


def area_of(path: str) -> str:
    """`/v2/users` -> `drop-in`."""
    return AREAS.get(path[1:].partition("/")[0], NOT_LOGGED)
