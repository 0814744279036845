from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("insights/definitions", views.DefinitionListView.as_view(), name="insight-definitions"),
]
