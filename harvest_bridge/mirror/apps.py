from __future__ import annotations

from django.apps import AppConfig


class MirrorConfig(AppConfig):
    name = "harvest_bridge.mirror"
    label = "mirror"
    verbose_name = "Mirror"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Writes through us and 404s are followed at once; the catalogue of events knows what is told of mirrors."""
        from harvest_bridge.connections import not_found_listeners, write_listeners

        from . import events, not_found, record_events  # noqa: F401 (register their types)
        from .touches import note_write

        write_listeners.register(note_write)
        not_found_listeners.register(not_found.note)
