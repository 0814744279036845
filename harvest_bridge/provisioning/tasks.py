"""What the worker does for deals: runs, in threads of their own."""

from __future__ import annotations

from huey.contrib.djhuey import on_shutdown, on_startup

from .worker import provisioning_threads


@on_startup()
def begin_provisioning() -> None:
    provisioning_threads.start()


@on_shutdown()
def end_provisioning() -> None:
    provisioning_threads.stop()
