"""Harvest's resources: one module per family, each with its routes (REFERENCE §8, §9)."""

from __future__ import annotations

from harvest_bridge.sandbox.resources import assignments, clients, company, projects, roles, tasks, time_entries, users
from harvest_bridge.sandbox.routing import Router

MODULES = (company, users, roles, clients, projects, assignments, tasks, time_entries)


def router() -> Router:
    return Router(*(module.routes for module in MODULES))
