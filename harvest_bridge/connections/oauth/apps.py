from __future__ import annotations

from django.apps import AppConfig


class HarvestOAuthConfig(AppConfig):
    """allauth finds `provider.py` by the app's name, like it finds its own providers."""

    name = "harvest_bridge.connections.oauth"
    label = "harvest_oauth"
