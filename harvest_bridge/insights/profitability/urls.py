from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("insights/profitability", views.ProfitabilityView.as_view(), name="profitability"),
    path("insights/exchange-rates", views.ExchangeRateListView.as_view(), name="exchange-rates"),
    path("insights/exchange-rates/<str:rate_id>", views.ExchangeRateView.as_view(), name="exchange-rate"),
]
