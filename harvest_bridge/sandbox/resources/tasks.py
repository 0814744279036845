"""REFERENCE §8.10."""

from __future__ import annotations

from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.errors import unprocessable
from harvest_bridge.sandbox.filters import bool_filter, updated_since
from harvest_bridge.sandbox.forms import Form, flag, number, text
from harvest_bridge.sandbox.names import refuse_taken_name
from harvest_bridge.sandbox.records import Task
from harvest_bridge.sandbox.rights import client_managers
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.work import task_shape

routes = Routes()
FORM = Form(
    text("name", required=True),
    flag("billable_by_default"),
    number("default_hourly_rate"),
    flag("is_default"),
    flag("is_active"),
)


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


@routes.post("/tasks", may=client_managers)
def create_task(call: Call) -> Answer:
    values = FORM.new(call.body, call.account)
    refuse_taken_name(call.switches, call.account.tasks, values["name"], None)
    task = Task(**call.fresh("tasks"), **values)
    call.account.tasks.add(task)
    return call.created(task_shape(task, call.rights), task)


@routes.patch("/tasks/{id}", may=client_managers)
def update_task(call: Call, task_id: int) -> Answer:
    task = call.find(call.account.tasks, task_id)
    values = FORM.changes(call.body, call.account)
    refuse_taken_name(call.switches, call.account.tasks, values.get("name"), task)
    if values.get("is_active") is False and any(one.task is task for one in call.account.time_entries.running()):
        raise unprocessable("Task can't be archived while a timer is running")
    call.change(call.account.tasks, task, values)
    return Answer(task_shape(task, call.rights))


@routes.delete("/tasks/{id}", may=client_managers)
def delete_task(call: Call, task_id: int) -> Answer:
    """Only without time entries; its assignments go along."""
    task, account = call.find(call.account.tasks, task_id), call.account
    if any(entry.task is task for entry in account.time_entries):
        raise unprocessable("This task is not removable. It still has time entries.")
    for pair in [pair for pair in account.task_assignments if pair.task is task]:
        account.task_assignments.remove(pair)
    account.tasks.remove(task)
    return call.deleted(task_shape(task, call.rights))
