from __future__ import annotations

from typing import Any

from harvest_bridge.sandbox.invoice_lines import display_name
from harvest_bridge.sandbox.records import Client, Project


def client_columns(client: Client) -> dict[str, Any]:
    return {"client_id": client.id, "client_name": client.name}


def project_columns(project: Project) -> dict[str, Any]:
    """Time and expense reports put the code in front: `[MW] Marketing Website`."""
    return {"project_id": project.id, "project_name": display_name(project)}
