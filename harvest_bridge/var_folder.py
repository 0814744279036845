"""VAR_DIR: files that one machine keeps (databases, keys), readable by our own user alone."""

from __future__ import annotations

import base64
import json
import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path

PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
SECRETS_FILE = "secrets.json"


def make_private(folder: Path, *databases: str) -> None:
    """Make the folder, keep everybody else out of it, and let every file that this process makes be private.

    `databases` are SQLite files that an older version, or another umask, may have left readable. A folder that others
    write to as well, such as /tmp, is left as it is: closing it would break them.
    """
    os.umask(0o077)
    folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    _close(folder, PRIVATE_FOLDER)
    for database in databases:
        for path in (database, f"{database}-wal", f"{database}-shm"):
            _close(Path(path), PRIVATE_FILE)


def keep(path: Path, make: Callable[[], dict[str, str]]) -> dict[str, str]:
    """What the JSON file holds; made and written, for its owner's eyes only, when it is not there yet.

    Of two processes that make it at once, both go on with what the first wrote.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        draft = path.with_name(f"{path.name}.{os.getpid()}.new")
        write_private(draft, make())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    kept: dict[str, str] = json.loads(path.read_text())
    return kept


def write_private(path: Path, values: dict[str, str]) -> None:
    """Replace the file by one that only its owner reads."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "w") as file:
        json.dump(values, file, indent=2)


def kept_secrets(folder: Path) -> dict[str, str]:
    """SECRET_KEY and ENCRYPTION_KEYS of this folder, random, made once: for DEBUG and for the demo alike."""
    return keep(
        folder / SECRETS_FILE,
        lambda: {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "ENCRYPTION_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        },
    )


def _close(path: Path, mode: int) -> None:
    try:
        found = path.stat()
    except OSError:
        return
    is_shared = bool(found.st_mode & stat.S_ISVTX)
    if found.st_uid == os.geteuid() and not is_shared and found.st_mode & 0o077:
        path.chmod(mode)
