from __future__ import annotations

from django.contrib import admin
from django.urls import path

from . import views

urlpatterns = [
    path("", admin.site.admin_view(views.tenants), name="tenants"),
    path("one", admin.site.admin_view(views.tenant), name="tenant"),
]
