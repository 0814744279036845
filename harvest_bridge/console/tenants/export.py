"""All that is kept of one customer, as one file to hand over."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import msgspec
from django.db.models import Model, QuerySet

from harvest_bridge.hosts.models import HostApp

from .bearer_links import without_bearer_links
from .rows import is_secret, rows_of

_ROWS_AT_ONCE = 2000


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """Shape: `rows` counts by model (`mirror.Record`); `sha256` by file, or empty where nothing was written."""

    host_app_id: str
    tenant_id: str
    at: datetime
    rows: dict[str, int]
    sha256: dict[str, str]

    def text(self) -> str:
        return msgspec.json.format(msgspec.json.encode(self)).decode()


def export(host_app: HostApp, tenant_id: str, target: Path) -> Receipt:
    """A tar of one NDJSON file a model and `receipt.json`; no secrets. Errors: OSError."""
    rows: dict[str, int] = {}
    digests: dict[str, str] = {}
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as output, tarfile.open(fileobj=output, mode="w:gz", compresslevel=1) as tar:
        for query in rows_of(host_app, tenant_id):
            name = query.model._meta.label
            with tempfile.TemporaryFile(dir=target.parent) as file:
                rows[name], digests[f"{name}.ndjson"] = _write(query, file)
                if rows[name]:
                    _add(tar, f"{name}.ndjson", file)
        receipt = Receipt(
            host_app_id=str(host_app.pk),
            tenant_id=tenant_id,
            at=datetime.now(UTC),
            rows={name: count for name, count in rows.items() if count},
            sha256={name: digest for name, digest in digests.items() if rows[name.removesuffix(".ndjson")]},
        )
        _add(tar, "receipt.json", io.BytesIO(receipt.text().encode()))
    return receipt


def _write(query: QuerySet[Any], file: IO[bytes]) -> tuple[int, str]:
    count, digest = 0, hashlib.sha256()
    for line in _lines(query):
        file.write(line)
        digest.update(line)
        count += 1
    return count, digest.hexdigest()


def _lines(query: QuerySet[Any]) -> Iterator[bytes]:
    for row in query.iterator(chunk_size=_ROWS_AT_ONCE):
        yield msgspec.json.encode(_plain(row), enc_hook=_encoded) + b"\n"


def _plain(row: Model) -> dict[str, Any]:
    fields = (field for field in row._meta.concrete_fields if not is_secret(field))
    return {field.attname: without_bearer_links(getattr(row, field.attname)) for field in fields}


def _encoded(value: Any) -> Any:
    return base64.b64encode(bytes(value)).decode() if isinstance(value, memoryview) else str(value)


def _add(tar: tarfile.TarFile, name: str, file: IO[bytes]) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = file.seek(0, io.SEEK_END), 0o600
    file.seek(0)
    tar.addfile(entry, file)
