from __future__ import annotations

from django.urls import path

from . import people_views, views
from .printing import PrintView

_PERIOD = "insights/payouts/<str:period_id>"

# Fixed words first: what comes after them may be the id of a period.
urlpatterns = [
    path("insights/payouts", views.PeriodListView.as_view(), name="payout-list"),
    path("insights/payouts/rates", people_views.RateListView.as_view(), name="payout-rates"),
    path("insights/payouts/rates/<str:rate_id>", people_views.RateView.as_view(), name="payout-rate"),
    path("insights/payouts/payees", people_views.PayeeListView.as_view(), name="payee-list"),
    path("insights/payouts/payees/<str:user_id>", people_views.PayeeView.as_view(), name="payee"),
    path(_PERIOD, views.PeriodView.as_view(), name="payout"),
    path(f"{_PERIOD}/verify", views.VerifyView.as_view(), name="payout-verify"),
    path(f"{_PERIOD}/close", views.CloseView.as_view(), name="payout-close"),
    path(f"{_PERIOD}/export", views.ExportView.as_view(), name="payout-export"),
    path(f"{_PERIOD}/paid", views.PaidView.as_view(), name="payout-paid"),
    path(f"{_PERIOD}/people/<str:user_id>", people_views.PersonView.as_view(), name="payout-statement"),
    path(f"{_PERIOD}/people/<str:user_id>/print", PrintView.as_view(), name="payout-print"),
]
