from __future__ import annotations

from django.urls import path

from . import views

# Fixed words first: what comes after them may be the name of a resource.
urlpatterns = [
    path("mirror/streams", views.StreamListView.as_view(), name="mirror-streams"),
    path("mirror/sync", views.SyncView.as_view(), name="mirror-sync"),
    path("mirror/runs", views.RunListView.as_view(), name="mirror-runs"),
    path("mirror/settings", views.SettingsView.as_view(), name="mirror-settings"),
    path("mirror/copy", views.CopyView.as_view(), name="mirror-copy"),
]
