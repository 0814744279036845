from __future__ import annotations

from django.urls import path

from . import openapi_views, views

urlpatterns = [
    path("", views.root, name="root"),
    path("schema/", openapi_views.schema, name="schema"),
    path("docs/", openapi_views.docs, name="docs"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("ping", views.ping, name="ping"),
    path("health/ready", views.ready, name="health-ready"),
]
