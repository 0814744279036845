"""The admin of this app, which lives in `operators`."""

from __future__ import annotations

from .operators.mirror_admin import MirrorAdmin
from .operators.policy_admin import HostPolicyAdmin
from .operators.run_admin import RunAdmin

__all__ = ["HostPolicyAdmin", "MirrorAdmin", "RunAdmin"]
