"""One step of a pass: a page is read, written and followed, all of which a killed worker leaves to the next.

`hot`, `window` and `sweep` differ in how the list is narrowed (`listings.filters_of`) and in what its end settles
(`list_ends`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from msgspec import Raw

from harvest_bridge.harvest.errors import HarvestMalformed
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.harvest.pages import Page, Position

from . import ids, invoice_polling, list_ends, listings, writing
from .claimed_run import LIST, RUNNING, SETTLE, ClaimedRun
from .columns import Seen, seen, updated_at
from .completeness import Walk
from .models import Kind, Record, RunPage
from .resources import Resource
from .rights import get_rights, rights_in
from .writing import Written


def step(work: ClaimedRun, now: datetime) -> None:
    """Errors: BridgeError, for what is in the way now; ClaimLost."""
    work.now = now
    if work.run.stage == "" or not work.run.walk:
        _begin(work)
    if work.run.stage == SETTLE:
        list_ends.settle(work)
    elif work.walk.state.get("is_whole", True):
        _read_page(work)
    else:
        _read_page_alone(work)


def _begin(work: ClaimedRun) -> None:
    """The first call of a run asks for the linker's rights, except where nothing is concluded from its pages."""
    run = work.run
    if work.kind not in (Kind.HOT, Kind.OPEN) and not run.results.get("rights"):
        answer = work.harvest.send(get_rights()).value
        run.results["rights"] = rights_in(answer)
        work.remember_rights(run.results["rights"])
    run.walk, run.page = _list_of_invoices(work) if work.kind == Kind.OPEN else (_list(work), "")
    RunPage.objects.filter(run=run).delete()
    run.resource, run.stage = work.resource.name, LIST


def _list(work: ClaimedRun) -> dict[str, Any]:
    history_days = work.mirror.history_days
    filters = listings.filters_of(work.resource, work.kind, work.stream, now=work.now, history_days=history_days)
    return _walk_from(work, filters, work.per_page).state


def _list_of_invoices(work: ClaimedRun) -> tuple[dict[str, Any], str]:
    asked = invoice_polling.request_for(work)
    walk = _walk_from(work, asked.filters, asked.per_page)
    return {**walk.state, "look": str(asked.mode), "is_whole": asked.is_whole, "starts": []}, asked.page


def _walk_from(work: ClaimedRun, filters: listings.Filters, per_page: int) -> Walk:
    return Walk.begin(
        filters=dict(filters),
        per_page=per_page,
        now=work.now,
        rights=work.run.results.get("rights", []),
        was_empty=not Record.objects.filter(stream=work.stream).exists(),
    )


def _read_page(work: ClaimedRun) -> None:
    read = work.harvest.made_of(_operation(work), _seen_by(work.resource))
    page, records = read.value, read.value.items
    if page.next is not None:
        work.harvest.ahead(_operation(work, page.next), _seen_by(work.resource))
    differing = writing.differing(work.target, records)  # may ask Harvest, so before the page counts as read
    _follow(work, page)
    is_progress = page.next is not None or work.compares
    save = (lambda written: _save_page(work, records, written)) if is_progress else None
    written = writing.store(work.target, differing, read_at=read.asked_at, also=save)
    _note_payments(work, written, read.asked_at)
    if not is_progress:
        work.run.changed += written.count
    if page.next is None:
        list_ends.reach(work)


def _read_page_alone(work: ClaimedRun) -> None:
    """Either nothing can have gone unseen beside this page, or the list is read from its beginning."""
    read = work.harvest.made_of(_operation(work), _seen_by(work.resource))
    page, run = read.value, work.run
    written = writing.store(work.target, writing.differing(work.target, page.items), read_at=read.asked_at)
    _note_payments(work, written, read.asked_at)
    run.changed += written.count
    run.calls += 1
    run.rows += len(page.items)
    if invoice_polling.agrees(work, total=page.total, is_last=page.next is None):
        invoice_polling.note_page(work)
        work.next_resource("passed")
    else:
        run.results["differs"] = True
        work.begin_again()


def _note_payments(work: ClaimedRun, written: Written, asked_at: datetime) -> None:
    if work.resource.name == invoice_polling.RESOURCE:
        invoice_polling.note_payments(work.stream, written, read_at=asked_at)


def _operation(work: ClaimedRun, position: Position | None = None) -> Operation[Page[Raw]]:
    """The call for the page at `position`, or else for where the run stands."""
    if position is None and work.run.page:
        position = Position.parse(work.run.page)
    filters = {"is_running": True} if work.run.stage == RUNNING else work.walk.state["filters"]
    return listings.page_at(work.resource, filters, position, per_page=work.walk.state["per_page"])


def _seen_by(resource: Resource) -> Callable[[Page[Raw]], Page[Seen]]:
    return partial(_seen, resource)


def _seen(resource: Resource, page: Page[Raw]) -> Page[Seen]:
    items = tuple(seen(resource, raw) for raw in page.items)
    return Page(items, page.next, page.previous, page.per_page, page.total)


def _follow(work: ClaimedRun, page: Page[Seen]) -> None:
    """Errors: HarvestMalformed where pages lead round in a circle."""
    walk, run = work.walk, work.run
    if walk.goes_round():
        raise HarvestMalformed("Harvest's pages lead on and on.")
    if walk.state.get("look") == invoice_polling.PollingMode.TURNS:
        walk.state["starts"] = [*walk.state["starts"], run.page]
    if run.stage == LIST:
        walk.follow(page, [moment for one in page.items if (moment := updated_at(one)) is not None])
    run.page = str(page.next) if page.next else ""
    run.calls += 1
    run.rows += len(page.items)


def _save_page(work: ClaimedRun, records: Sequence[Seen], written: Written) -> None:
    """With the page's rows, in their transaction."""
    work.run.changed += written.count
    if work.compares:
        packed = ids.packed(one.harvest_id for one in records)
        RunPage.objects.create(run=work.run, number=work.walk.state["pages"], ids=packed)
    work.save()
