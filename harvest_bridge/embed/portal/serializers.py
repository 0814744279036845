"""What crosses the border of /portal/session."""

from __future__ import annotations

from rest_framework import serializers

from harvest_bridge.api.inputs import Input


class PortalSessionInput(Input):
    """`token` of the host's back end; `origin` of the page around the frame."""

    token = serializers.CharField(max_length=4096)
    origin = serializers.CharField(max_length=255)
