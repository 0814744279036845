from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("", views.root, name="root"),
    path("health/ready", views.ready, name="health-ready"),
]
