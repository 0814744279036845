from __future__ import annotations

from django.urls import path

from . import custom, views

urlpatterns = [
    path("proxy/reports/<path:report>", views.ReportView.as_view(), name="proxy-report"),
    path("proxy/<str:resource>", views.CollectionView.as_view(), name="proxy-collection"),
    path("proxy/<str:resource>/<str:wanted>", views.RecordView.as_view(), name="proxy-record"),
    path("proxy/<str:resource>/<str:wanted>/<str:method>", views.MethodView.as_view(), name="proxy-method"),
    path("custom/<path:path>", custom.CustomView.as_view(), name="custom"),
]
