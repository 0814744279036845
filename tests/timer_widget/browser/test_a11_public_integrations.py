"""Pages in the ways that public integrations of Harvest's button work, with only the script's host changed (E21).

Each is written anew after what an integration found in the open does; the odd parts are theirs. No page knows of us.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .conftest import Ticket

INSERT = """var s = document.createElement('script'); s.src = '{bridge}/assets/platform.js'; s.async = true;
    var ph = document.getElementsByTagName('script')[0]; ph.parentNode.insertBefore(s, ph);"""


@dataclass
class Integration:
    """A page (`{bridge}` is our address), and what its frame is told once the timer is clicked."""

    page: str
    told: dict[str, str] = field(default_factory=dict)
    jquery: bool = False


INTEGRATIONS = {
    # A bookmarklet on an issue page: the settings ride in a script of text, the ids are text, the group is a project.
    "bookmarklet": Integration(
        """<h1 class="title">Crash on <em>save</em></h1><div id="bar"></div><script>
        var div = document.createElement('div'); div.className = 'harvest-timer minibutton'; div.style.width = 'auto';
        div.setAttribute('data-account', JSON.stringify({'id': 'acme'}));
        div.setAttribute('data-project', JSON.stringify({'id': 'shop', 'name': 'shop'}));
        div.setAttribute('data-item', JSON.stringify({'id': 'issues/7', 'name': 'Crash on <em>save</em>'}));
        document.getElementById('bar').insertBefore(div, null);
        var t = document.createElement('script');
        t.innerHTML = "window._harvestPlatformConfig = {'applicationName': 'Git', "
          + "'permalink': 'https://git.test/%ACCOUNT_ID%/%PROJECT_ID%/%ITEM_ID%', 'referral': '66lx'}; "
          + {insert};
        document.head.appendChild(t)</script>""",
        {
            "permalink": "https://git.test/acme/shop/issues/7",
            "external_item_id": "issues/7",
            "external_group_id": "shop",
            "external_account_id": "acme",
            "external_item_name": "Crash on <em>save</em>",
        },
    ),
    # jQuery fetches the script, and every quarter of a second looks for items to decorate, until ready and ever after.
    "poller with getScript": Integration(
        """<ul><li class="todo">Write</li></ul><script>
        window._harvestPlatformConfig = {applicationName: 'Camp'};
        var loaded = false; $.getScript('{bridge}/assets/platform.js');
        document.body.addEventListener('harvest-event:ready', function () { loaded = true; add(); });
        function add() { if (!loaded) return; $('.todo:not(:has(.harvest-timer))').each(function () {
          var timer = $('<div class="harvest-timer">').attr('data-item', JSON.stringify({id: 12, name: $(this).text()}))
            .attr('data-permalink', 'https://camp.test/12').appendTo(this);
          $('#harvest-messaging').trigger({type: 'harvest-event:timers:add', element: timer}); }) }
        setInterval(add, 250)</script>""",
        {"permalink": "https://camp.test/12", "external_item_id": "12", "external_item_name": "Write"},
        jquery=True,
    ),
    # A tracker's toolbar: styling skipped, the button is the page's own, named to us through jQuery.
    "toolbar with jQuery's trigger": Integration(
        """<div id="ops"></div><script>window._harvestPlatformConfig = {applicationName: 'Tracker',
          permalink: 'https://' + location.host + '/projects/%GROUP_ID%/issues/%ITEM_ID%', skipStyling: true};
        $(document.head).append($("<script src='{bridge}/assets/platform.js'></scr" + "ipt>"));
        $(document).on('harvest-event:ready', function () {
          $('#ops').append($('<ul><li id="timer" class="harvest-timer"><a>Track</a></li></ul>'));
          $('#timer').attr('data-item', '{"id":"T-1","name":"One"}').attr('data-group', '{"id":"T","name":"Tracker"}');
          $('#harvest-messaging').trigger({type: 'harvest-event:timers:add', element: $('#timer')}) })</script>""",
        {"external_item_id": "T-1", "external_group_name": "Tracker"},
        jquery=True,
    ),
    # A component that names its element as soon as it is there; the class is not ours until then.
    "component": Integration(
        """<div id="root"></div><script>
        window._harvestPlatformConfig = {'applicationName': 'Tasks', 'skipStyling': true};
        {insert}
        document.body.addEventListener('harvest-event:ready', function () {
          document.getElementById('root').innerHTML =
            '<div id="b-5" class="button" data-item=\\'{"id":5,"name":"Call"}\\'>Go</div>';
          document.querySelector('#harvest-messaging').dispatchEvent(new CustomEvent('harvest-event:timers:add',
            {detail: {element: document.querySelector('#b-5')}})) })</script>""",
        {"external_item_id": "5", "external_item_name": "Call"},
    ),
    # A form that looks for the script by its address, asks the instance to scan again, and links to wherever it stands.
    "form that scans again": Integration(
        """<script>window._harvestPlatformConfig = {applicationName: 'Boards', permalink: window.location.href};
        {insert}
        document.body || document.write('<body>'); document.body.addEventListener('harvest-event:ready', function () {
          document.body.insertAdjacentHTML('beforeend',
            '<div class="harvest-timer" data-item=\\'{"id":"99","name":"Bug 99"}\\'' +
            ' data-default=\\'{"project_name":"Member app"}\\'></div>');
          window.HarvestPlatform.findTimers() })</script>""",
        {"external_item_id": "99", "default_project_name": "Member app"},
    ),
    # The example in Harvest's own documentation has a quote too many in its account, and was copied widely.
    "the documentation's own slip": Integration(
        """<div class="harvest-timer" data-account='{"id":42"}' data-project='{"id":42,"name":"Harvest Platform"}'
          data-item='{"id":1337,"name":"Write documentation"}'></div>
        <script>window._harvestPlatformConfig = {"applicationName": "Example App",
          "permalink": "http://example.com/projects/%PROJECT_ID%/items/%ITEM_ID%"}; {insert}</script>""",
        {"permalink": "http://example.com/projects/42/items/1337", "external_group_id": "42"},
    ),
    # A page made for an embed block: everything in the markup, the timer after the script, the link on the element.
    "embed block": Integration(
        """<script>window._harvestPlatformConfig = {"applicationName": "Notes", "permalink": "https://notes.test/page"};
        </script><script async src="{bridge}/assets/platform.js"></script>
        <div class="harvest-timer" data-item='{"id":"page-1","name":"Page"}' data-permalink="https://notes.test/p/1"></div>
        <style>#harvest-iframe-container, body div#harvest-iframe-container { z-index: 999999 !important }</style>""",
        {"permalink": "https://notes.test/p/1", "external_item_id": "page-1"},
    ),
}


@pytest.mark.parametrize("integration", INTEGRATIONS.values(), ids=INTEGRATIONS)
def test_it_works_with_only_the_scripts_host_changed(
    ticket: Ticket, node_packages: Path, integration: Integration
) -> None:
    ticket.stub.guests_may_enter = True
    library = ""
    if integration.jquery:
        library = '<script src="/jquery.js"></script>'
        ticket.host.show((node_packages / "jquery" / "dist" / "jquery.js").read_text(), "/jquery.js")
    insert = INSERT.replace("{bridge}", ticket.stub.origin)
    page = integration.page.replace("+ {insert}", "+ " + repr(insert.replace("\n", " ")))
    page = page.replace("{insert}", insert).replace("{bridge}", ticket.stub.origin)
    ticket.page.goto(ticket.host.show(f'<!doctype html><meta charset="utf-8"><title>x</title>{library}<body>{page}'))
    timer = ticket.page.locator("[data-listening]")
    ticket.is_in("ready")
    expect(timer).to_have_count(1)
    timer.click()
    expect(ticket.panel.get_by_role("combobox", name="Project")).to_be_visible()
    query = ticket.panel_query()
    assert query | integration.told == query
