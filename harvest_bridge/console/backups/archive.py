"""The one file: a tar with `manifest.json` first and the database's copy behind it."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from .errors import NotABackup
from .manifest import FORMAT, Manifest

_MANIFEST, _DATABASE = "manifest.json", "database"
_PIECE = 2**20


def digest_of(file: Path) -> tuple[int, str]:
    """Bytes and SHA-256."""
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as source:
        while piece := source.read(_PIECE):
            digest.update(piece)
            size += len(piece)
    return size, digest.hexdigest()


def write(target: Path, manifest: Manifest, database: Path) -> None:
    """Whole or not at all: written beside `target` and then moved there, readable by its owner alone."""
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with (
            open(partial, "xb", opener=_private) as output,
            tarfile.open(fileobj=output, mode="w:gz", compresslevel=1) as tar,
        ):
            told = msgspec.json.format(msgspec.json.encode(manifest)) + b"\n"
            entry = tarfile.TarInfo(_MANIFEST)
            entry.size = len(told)
            tar.addfile(entry, io.BytesIO(told))
            tar.add(database, _DATABASE, filter=_anonymous)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o600
    return entry


@contextmanager
def opened(source: Path) -> Iterator[tuple[Manifest, tarfile.TarFile]]:
    """Errors: NotABackup."""
    try:
        with tarfile.open(source, "r:gz") as tar:
            first = tar.next()
            told = tar.extractfile(first) if first is not None and first.name == _MANIFEST else None
            if told is None:
                raise NotABackup(f"{source} is no backup of this program.")
            manifest = msgspec.json.decode(told.read(), type=Manifest)
            if manifest.format != FORMAT:
                raise NotABackup(f"{source} has format {manifest.format}; this version reads format {FORMAT}.")
            yield manifest, tar
    except FileNotFoundError as error:
        raise NotABackup(f"There is no file {source}.") from error
    except (tarfile.TarError, EOFError, zlib.error, OSError, msgspec.MsgspecError) as error:
        raise NotABackup(f"{source} is damaged, or no backup: {error}") from error


def extract(tar: tarfile.TarFile, manifest: Manifest, target: Path) -> None:
    """The database's copy, checked against its digest. Errors: NotABackup."""
    copy = tar.extractfile(_DATABASE)
    if copy is None:
        raise NotABackup("The backup holds no database.")
    with open(target, "xb", opener=_private) as output:
        while piece := copy.read(_PIECE):
            output.write(piece)
    if digest_of(target) != (manifest.bytes, manifest.sha256):
        raise NotABackup("The backup is damaged: its database is not the one that its manifest describes.")
