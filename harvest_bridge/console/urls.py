from __future__ import annotations

from django.urls import path

from . import openapi_views, views
from .docs import manual
from .docs import views as docs

urlpatterns = [
    path("", views.root, name="root"),
    path("schema/", openapi_views.schema, name="schema"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("docs/", docs.page, name="docs"),
    path("docs/manual/", manual.file, name="manual"),
    path("docs/manual/<path:name>", manual.file, name="manual-file"),
    path("docs/<slug:slug>", docs.page, name="docs-section"),
    path("docs/<slug:slug>/part", docs.part, name="docs-part"),
    path("ping", views.ping, name="ping"),
    path("health/ready", views.ready, name="health-ready"),
]
