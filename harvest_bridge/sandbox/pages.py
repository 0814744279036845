"""Rendering of the sandbox's own pages: Django's templates, standing alone, so that no settings are needed."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine
from starlette.responses import HTMLResponse, Response

from harvest_bridge.sandbox.errors import Refusal

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static" / "sandbox"
# The consent page is the one whose answer redirects to another site, which `form-action` would stop.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; font-src 'self'; form-action {form_action}; base-uri 'none'; frame-ancestors 'none'"
)


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(ROOT / "templates")], autoescape=True)


def page(template: str, context: dict[str, Any], *, status: int = 200, form_action: str = "'self'") -> HTMLResponse:
    """Localisation stays off: it would ask for Django settings."""
    html = _engine().get_template(template).render(Context(context, use_l10n=False, use_tz=False))
    headers = {
        "Content-Security-Policy": POLICY.format(form_action=form_action),
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(html, status, headers=headers)


def missing(reason: str) -> HTMLResponse:
    """A page of ours that does not exist, told to people."""
    return page("sandbox/console/missing.html", {"reason": reason}, status=404)


def refused(refusal: Refusal) -> Response:
    """A refusal as an HTTP answer, in its own shape and content type."""
    response = Response(refusal.body, refusal.status, headers=refusal.headers)
    response.headers["Content-Type"] = refusal.content_type
    return response
