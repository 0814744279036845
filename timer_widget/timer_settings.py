"""A host app's timer settings, the defaults where nobody has set any."""

from __future__ import annotations

from harvest_bridge.hosts.models import HostApp

from .models import TimerSettings


def timer_settings(host_app: HostApp) -> TimerSettings:
    return TimerSettings.objects.filter(host_app=host_app).first() or TimerSettings(host_app=host_app)
