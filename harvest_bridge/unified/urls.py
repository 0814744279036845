from __future__ import annotations

from django.urls import include, path

from . import metadata
from .resources import RESOURCES
from .routes import routes_of

urlpatterns = [
    path("", include("harvest_bridge.unified.identities.urls")),
    path("", include("harvest_bridge.unified.overrides.urls")),
    # Before the users, of whom none can be called `meta`: archive and restore are methods too.
    path(
        "unified/user-directory/<str:resource>/meta/<str:method>", metadata.MethodMetaView.as_view(), name="method-meta"
    ),
    *(route for row in RESOURCES.values() for route in routes_of(row)),
    path("unified/meta/user-directory/harvest", metadata.ModelMetaView.as_view(), name="directory-meta"),
    path(
        "unified/user-directory/<str:resource>/harvest/meta/<str:method>",
        metadata.HarvestMethodMetaView.as_view(),
        name="method-meta-harvest",
    ),
]
