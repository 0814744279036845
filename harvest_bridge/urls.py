"""Every route that Django serves; `asgi.py` takes the hot paths before it."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from harvest_bridge.console import operator_pages

operator_pages.load()
# Operators sign in through allauth everywhere, so that nobody walks around the second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("admin/tenants/", include("harvest_bridge.console.tenant_pages.urls")),
    path("admin/", admin.site.urls),
    path("accounts/", include("harvest_bridge.console.account_urls")),
    path("", include("harvest_bridge.webhooks.urls")),
    path("", include("harvest_bridge.connections.urls")),
    path("", include("harvest_bridge.proxy.urls")),
    path("", include("harvest_bridge.unified.urls")),
    path("", include("harvest_bridge.mirror.urls")),
    path("", include("harvest_bridge.mirror.reading.urls")),
    path("", include("harvest_bridge.insights.urls")),
    path("", include("harvest_bridge.provisioning.urls")),
    path("", include("harvest_bridge.invoices.urls")),
    path("", include("timer_widget.urls")),
    path("", include("harvest_bridge.embed.urls")),
    path("", include("harvest_bridge.console.urls")),
]

handler400 = "harvest_bridge.console.error_pages.bad_request"
handler403 = "harvest_bridge.console.error_pages.permission_denied"
handler404 = "harvest_bridge.console.error_pages.page_not_found"
handler429 = "harvest_bridge.console.error_pages.too_many_requests"  # allauth's
handler500 = "harvest_bridge.console.error_pages.server_error"
