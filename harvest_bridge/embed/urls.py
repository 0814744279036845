from __future__ import annotations

from django.urls import path

from timer_widget.frames import assets

from . import frames
from .portal import views as portal

urlpatterns = [
    path("assets/embed.js", assets.embed, name="embed-js"),
    path("assets/v<version>/embed.js", assets.versioned, {"name": "embed.js"}, name="assets-embed-js"),
    path("embed/invoices", frames.invoices, name="embed-invoices"),
    path("embed/insights", frames.insights, name="embed-insights"),
    path("portal/session", portal.PortalSessionView.as_view(), name="portal-session"),
    path("portal/sign-out", portal.PortalSignOutView.as_view(), name="portal-sign-out"),
    path("portal/invoices", portal.InvoiceListView.as_view(), name="portal-invoices"),
    path("portal/invoices/<str:document_id>", portal.InvoiceView.as_view(), name="portal-invoice"),
    path("portal/invoices/<str:document_id>/print", portal.InvoicePrintView.as_view(), name="portal-invoice-print"),
    path("portal/estimates", portal.EstimateListView.as_view(), name="portal-estimates"),
    path("portal/estimates/<str:document_id>", portal.EstimateView.as_view(), name="portal-estimate"),
    path(
        "portal/estimates/<str:document_id>/print",
        portal.EstimatePrintView.as_view(),
        name="portal-estimate-print",
    ),
]
