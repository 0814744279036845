"""The plots that there are, by name."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from harvest_bridge.connections.models import Connection

from .burn_down import burn_down
from .heat_map import heat_map
from .margins import margins
from .plot import Plot

PLOTS: dict[str, Callable[[Connection], Plot]] = {
    "utilization": lambda connection: heat_map(connection, today=timezone.now().date()),
    "margins": lambda connection: margins(connection, today=timezone.now().date()),
    "budgets": lambda connection: burn_down(connection, now=timezone.now()),
}
