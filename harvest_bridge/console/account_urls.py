"""Operators' sign-in: allauth's account and MFA pages. Linking Harvest accounts has its own (connections/urls.py)."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
]
