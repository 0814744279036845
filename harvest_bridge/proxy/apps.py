from __future__ import annotations

from django.apps import AppConfig


class ProxyConfig(AppConfig):
    name = "harvest_bridge.proxy"
    label = "proxy"
    verbose_name = "Harvest through us"
