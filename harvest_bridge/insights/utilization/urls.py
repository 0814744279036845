from __future__ import annotations

from django.urls import path

from . import settings_views, views

_AT = "insights/utilization"

urlpatterns = [
    path(_AT, views.UtilizationView.as_view(), name="utilization"),
    path(f"{_AT}/now", views.NowView.as_view(), name="utilization-now"),
    path(f"{_AT}/settings", settings_views.SettingsView.as_view(), name="utilization-settings"),
    path(f"{_AT}/terms", settings_views.TermsListView.as_view(), name="work-terms"),
    path(f"{_AT}/terms/<str:terms_id>", settings_views.TermsView.as_view(), name="work-terms-one"),
    path(f"{_AT}/people", settings_views.PeopleView.as_view(), name="utilization-people"),
    path(f"{_AT}/people/<str:user_id>", settings_views.PersonView.as_view(), name="utilization-person"),
]
