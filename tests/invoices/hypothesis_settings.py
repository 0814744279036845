"""How many examples are tried: few in every run, as many as EXAMPLES says in a long one."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

TRIED = settings(
    max_examples=int(os.environ.get("EXAMPLES", "100")), deadline=None, suppress_health_check=list(HealthCheck)
)
