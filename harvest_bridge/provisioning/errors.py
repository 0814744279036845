"""What can go wrong with a deal, before it is a run; what is in the way of a run is in its plan and its `error`.

BridgeError           500 internal_error
├ AnotherBody         409 deal_changed
├ InboxRefused        401 inbox_refused  (provisioning.crm.signatures)
├ MappingFailed       422 inbox_mapping_failed  (provisioning.crm.inbox)
├ NoSuchRun           404 no_such_run
├ NoSuchTemplate      404 no_such_template  (provisioning.crm.views)
├ NotUndoable         409 run_not_undoable
├ PlaceholderMissing  422 placeholder_missing  (provisioning.crm.rendering)
├ RunNotContinuable   409 run_not_continuable
└ TemplateInvalid     400 template_invalid  (provisioning.crm.rendering)
"""

from __future__ import annotations

from harvest_bridge.errors import BridgeError


class NoSuchRun(BridgeError):
    """This connection has no run of this id."""

    status = 404
    code = "no_such_run"


class AnotherBody(BridgeError):
    """The deal came with another body before; `plan` is what that would change, and `apply_changes` applies it."""

    status = 409
    code = "deal_changed"


class RunNotContinuable(BridgeError):
    """Nothing is in its way, or it is over."""

    status = 409
    code = "run_not_continuable"


class NotUndoable(BridgeError):
    """It made nothing, or is still at it."""

    status = 409
    code = "run_not_undoable"
