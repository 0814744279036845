"""Validates `redirect_uri`, where a same-window flow ends."""

from __future__ import annotations

from django.conf import settings

from harvest_bridge.hosts.models import HostApp
from harvest_bridge.hosts.queries import origins_of


def is_home(uri: str, host_app: HostApp) -> bool:
    """Whether `uri` lies on one of the host app's own origins, or is our sign-in window, whoever reads it.

    The origin stands at its beginning letter for letter. Browsers forgive control characters and backslashes, and then
    read another host than we do; so those are refused.
    """
    if "\\" in uri or not uri.isprintable():
        return False
    if uri.startswith(f"{settings.PUBLIC_URL}/platform/sign-in?"):
        return True
    origins = origins_of(host_app)
    return uri in origins or any(uri.startswith((f"{origin}/", f"{origin}?", f"{origin}#")) for origin in origins)
