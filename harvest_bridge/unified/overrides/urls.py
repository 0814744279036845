from __future__ import annotations

from django.urls import path

from . import views

_FIELD = "unified/mappings/<str:resource>/<str:field>"

urlpatterns = [
    path("unified/mappings", views.MappingListView.as_view(), name="mapping-list"),
    path("unified/mappings/preview", views.MappingPreviewView.as_view(), name="mapping-preview"),
    path(_FIELD, views.MappingView.as_view(), name="mapping"),
    path(f"{_FIELD}/versions", views.MappingVersionsView.as_view(), name="mapping-versions"),
    path(f"{_FIELD}/restore", views.MappingRestoreView.as_view(), name="mapping-restore"),
]
