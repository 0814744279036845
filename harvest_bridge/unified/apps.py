from __future__ import annotations

from django.apps import AppConfig


class UnifiedConfig(AppConfig):
    name = "harvest_bridge.unified"
    label = "unified"
    verbose_name = "User directory"

    def ready(self) -> None:
        """A connection's capabilities tell what it may do here; the catalogue of events, what hosts are told of it.

        What is remembered of a connection rests on its mappings too.
        """
        from harvest_bridge.connections import cached_rows
        from harvest_bridge.connections.capabilities import Capability, register

        from .identities import events as _identity_events  # noqa: F401 (registers its types)
        from .overrides import events as _mapping_events  # noqa: F401
        from .overrides.queries import version_in_force
        from .resources import RESOURCES

        cached_rows.watch_also(version_in_force)

        for row in RESOURCES.values():
            name = f"user-directory/{row.name}"
            register(*(Capability(name, method, c.path, c.verb, c.takes_all) for method, c in row.calls.items()))
