from __future__ import annotations

from django.urls import path

from .feed_views import RpdeResourceView, RpdeView, SnapshotView
from .views import RecordListView, RecordView

_FEED = "mirror/rpde/<str:connection_id>"

urlpatterns = [
    path("mirror/snapshot", SnapshotView.as_view(), name="mirror-snapshot"),
    path(_FEED, RpdeView.as_view(), name="mirror-rpde"),
    path(f"{_FEED}/<str:resource>", RpdeResourceView.as_view(), name="mirror-rpde-resource"),
    path("mirror/<str:resource>", RecordListView.as_view(), name="mirror-records"),
    path("mirror/<str:resource>/<str:record_id>", RecordView.as_view(), name="mirror-record"),
]
