"""Passes multipart bodies with receipts on unparsed (truto-wire §3, `truto_body_passthrough`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.parsers import BaseParser

from harvest_bridge.api.errors import BodyTooLong
from harvest_bridge.harvest.operations import RawBody

# Held in memory while it goes; /v2 streams what is longer.
MAX_BYTES = 20 * 1024 * 1024


class RawMultipartParser(BaseParser):
    """Reads nothing into it: fields, file and boundary stay as the caller wrote them."""

    media_type = "multipart/form-data"

    def parse(  # type: ignore[override]  # DRF hands on whatever a parser makes
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> RawBody:
        """Errors: BodyTooLong."""
        content = stream.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise BodyTooLong(f"A multipart body may have {MAX_BYTES // 2**20} MB here; /v2 streams longer ones.")
        return RawBody(media_type or self.media_type, content)
