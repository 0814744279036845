from __future__ import annotations

from django.urls import include, path

from . import views
from .records.views import EntryListView

urlpatterns = [
    path("insights/definitions", views.DefinitionListView.as_view(), name="insight-definitions"),
    path("insights/entries", EntryListView.as_view(), name="insight-entries"),
    path("", include("harvest_bridge.insights.utilization.urls")),
    path("", include("harvest_bridge.insights.profitability.urls")),
    path("", include("harvest_bridge.insights.budgets.urls")),
    path("", include("harvest_bridge.insights.payouts.urls")),
]
