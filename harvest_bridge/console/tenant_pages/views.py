"""The list of tenants, and the page of one."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from harvest_bridge.admin_panels import Tenant, tenant_page
from harvest_bridge.console.dashboard.page import load_panel
from harvest_bridge.hosts.models import HostApp

from .queries import MOST, address_of, host_names, tenants_like

_RIGHT = "connections.view_connection"


def tenants(request: HttpRequest) -> HttpResponse:
    """GET /admin/tenants/?q=…: those that the words find; the page of it where that is one."""
    _check(request)
    words = request.GET.get("q", "").strip()
    found = tenants_like(words)
    named = [one for one in found if one.tenant_id == words]
    if words and len(named or found) == 1:
        return HttpResponseRedirect(address_of((named or found)[0]))
    hosts = host_names(found)
    rows = [(one.tenant_id, hosts.get(one.host_app_id, ""), address_of(one)) for one in found]
    page = {"title": "Tenants", "words": words, "rows": rows, "are_cut": len(rows) == MOST, "most": MOST}
    return TemplateResponse(request, "console/tenants/list.html", admin.site.each_context(request) | page)


def tenant(request: HttpRequest) -> HttpResponse:
    """GET /admin/tenants/one?host_app=…&tenant=…: what there is of one customer, as each panel tells it."""
    _check(request)
    host_app, one = _asked(request)
    now = timezone.now()
    panels = [panel for panel in tenant_page.panels() if request.user.has_perm(panel.permission)]
    shown = [load_panel(panel, partial(panel.read, one, now)) for panel in panels]
    page = {"title": one.tenant_id, "host_app": host_app, "panels": shown, "looked_at": now, "list": reverse("tenants")}
    return TemplateResponse(request, "console/tenants/tenant.html", admin.site.each_context(request) | page)


def _asked(request: HttpRequest) -> tuple[HostApp, Tenant]:
    """Errors: Http404."""
    try:
        host_app = get_object_or_404(HostApp, pk=UUID(request.GET.get("host_app", "")))
    except ValueError as error:
        raise Http404("host_app is no id.") from error
    if not (tenant_id := request.GET.get("tenant", "")):
        raise Http404("Which tenant?")
    return host_app, Tenant(host_app.pk, tenant_id)


def _check(request: HttpRequest) -> None:
    if not request.user.has_perm(_RIGHT):
        raise PermissionDenied
