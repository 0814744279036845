"""Bodies: JSON, whatever the request calls it; some SDK calls post it without a content type (truto-wire §8.3)."""

from __future__ import annotations

from rest_framework.parsers import JSONParser


class AnyTypeJsonParser(JSONParser):
    media_type = "*/*"
