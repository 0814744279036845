"""The published link SDK, byte for byte: fetched once from the machine's npm registry, checked against its hash."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import tarfile
from pathlib import Path

PACKAGE = "@truto/truto-link-sdk@1.1.30"
ARCHIVE = Path(__file__).parent / "node_modules" / "truto-truto-link-sdk-1.1.30.tgz"  # a name that git ignores
SHA512 = "E4R+QCX7Uu2tuU/Q7BOPGJidWJcB213OHp9u1LKvqAXjDnpzUjRtCEisHWOiu//6anWnkgn1FFJfzOWx8Vv+bQ=="


def published_sdk() -> bytes:
    """Its one module. Without its dependencies, which are bundled in it and would weigh 170 MB."""
    if not ARCHIVE.exists():
        ARCHIVE.parent.mkdir(exist_ok=True)
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=ARCHIVE.parent, check=True, capture_output=True)
    assert base64.b64encode(hashlib.sha512(ARCHIVE.read_bytes()).digest()).decode() == SHA512
    with tarfile.open(ARCHIVE) as archive:
        member = archive.extractfile("package/dist/main.js")
        assert member is not None
        return member.read()
