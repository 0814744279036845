from __future__ import annotations

from django.apps import AppConfig


class UnifiedConfig(AppConfig):
    name = "harvest_bridge.unified"
    label = "unified"
    verbose_name = "User directory"

    def ready(self) -> None:
        """A connection's capabilities tell what it may do here."""
        from harvest_bridge.connections.capabilities import Capability, register

        from .resources import RESOURCES

        for row in RESOURCES.values():
            name = f"user-directory/{row.name}"
            register(*(Capability(name, method, c.path, c.verb, c.takes_all) for method, c in row.calls.items()))
