#!/usr/bin/env python
"""Django's command line for Harvest Bridge."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

# About a bridge that runs. Where nothing says which, and the demo was started here, they are about the demo.
BESIDE_THE_DEMO = {"createhost", "createsuperuser", "changepassword", "resetoperator"}
SAYS_WHICH_BRIDGE = {"SECRET_KEY", "ENCRYPTION_KEYS", "DATABASE_URL", "DEBUG"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "harvest_bridge.settings")
    if sys.argv[1:2] and sys.argv[1] in BESIDE_THE_DEMO:
        take_the_demos_settings()
    from harvest_bridge.console.audit.commands import run

    run()


def take_the_demos_settings() -> None:
    """The settings that `rundemo` left, unless the environment names a bridge itself."""
    folder = Path(os.environ.get("VAR_DIR") or Path(__file__).resolve().parent / "var") / "demo"
    file = folder / "environment.json"
    if any(os.environ.get(name) for name in SAYS_WHICH_BRIDGE) or not file.exists():
        return
    os.environ.update(json.loads(file.read_text()))
    print(f"Using the demo's settings, from {file}.", file=sys.stderr)


if __name__ == "__main__":
    main()
