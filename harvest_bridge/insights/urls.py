from __future__ import annotations

from django.urls import include, path

from . import views
from .plots.views import PlotFileView, PlotView
from .records.views import EntryListView

urlpatterns = [
    path("insights/definitions", views.DefinitionListView.as_view(), name="insight-definitions"),
    path("insights/plots/<str:name>.csv", PlotFileView.as_view(), name="insight-plot-file"),
    path("insights/plots/<str:name>", PlotView.as_view(), name="insight-plot"),
    path("insights/entries", EntryListView.as_view(), name="insight-entries"),
    path("", include("harvest_bridge.insights.utilization.urls")),
    path("", include("harvest_bridge.insights.profitability.urls")),
    path("", include("harvest_bridge.insights.budgets.urls")),
    path("", include("harvest_bridge.insights.payouts.urls")),
]
