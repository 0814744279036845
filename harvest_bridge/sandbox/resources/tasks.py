"""REFERENCE §8.10."""

from __future__ import annotations

from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.filters import bool_filter, updated_since
from harvest_bridge.sandbox.rights import client_managers
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.work import task_shape

routes = Routes()


@routes.get("/tasks", may=client_managers)
def list_tasks(call: Call) -> Answer:
    rows = call.account.tasks.rows()
    is_active = bool_filter(call.query, "is_active")
    if is_active is not None:
        rows = [task for task in rows if task.is_active is is_active]
    return call.listing("tasks", updated_since(rows, call.query), lambda task: task_shape(task, call.rights))


@routes.get("/tasks/{id}", may=client_managers)
def get_task(call: Call, task_id: int) -> Answer:
    return Answer(task_shape(call.find(call.account.tasks, task_id), call.rights))
