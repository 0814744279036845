"""Queries for host apps, keys and origins."""

from __future__ import annotations

from django.utils import timezone

from harvest_bridge.crypto.ring import key_ring
from harvest_bridge.crypto.tokens import token_hash

from .models import AllowedOrigin, ApiKey, HostApp, Right, Scope, WidgetKey


def api_key_for(text: str) -> ApiKey | None:
    """The key with this text, revoked or not, with its host app."""
    return ApiKey.objects.select_related("host_app").filter(key_hash=token_hash(text)).first()


def host_app_at(origin: str) -> HostApp | None:
    """The one host app whose pages have this origin."""
    return HostApp.objects.filter(origins__origin=origin).first()


def origins_of(host_app: HostApp) -> list[str]:
    return list(AllowedOrigin.objects.filter(host_app=host_app).values_list("origin", flat=True))


def rights_of(host_app: HostApp) -> list[str]:
    """What the host app asks for: of what is set for it, that which its live keys can use. The timer needs no key."""
    now = timezone.now()
    keys = ApiKey.objects.filter(host_app=host_app, revoked_at=None)
    scopes = {scope for key in keys if key.is_valid_at(now) for scope in key.scopes}
    usable: set[str] = {Right.READ, Right.TIME}
    if Scope.DIRECTORY in scopes:
        usable.add(Right.PEOPLE)
    if Scope.INVOICES in scopes:
        usable.add(Right.INVOICES)
    if Scope.HARVEST in scopes:
        usable.update(Right.values)
    if Scope.PROVISIONING in scopes:
        usable.update((Right.PROJECTS, Right.PEOPLE))
    return [right for right in Right.values if right in usable and right in host_app.rights]


def widget_key(key_id: str) -> WidgetKey | None:
    """The key named by a widget token's `kid`, unless revoked, with its host app."""
    return WidgetKey.objects.select_related("host_app").filter(id=key_id, revoked_at=None).first()


def widget_secret(key: WidgetKey) -> str:
    """Errors: CannotOpen."""
    return key_ring().open(key.sealed_secret, bound_to=key.binding)
