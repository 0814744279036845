"""The pages of our frames: the same headers, hints and looks as the timer's; what they show comes later, by a token."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from timer_widget.frames.languages import language_of
from timer_widget.frames.pages import embedded_page

from .translations import translations_for


@require_safe
@xframe_options_exempt
def invoices(request: HttpRequest) -> HttpResponse:
    """GET /embed/invoices?origin=…: the frame of `<harvest-invoices>`."""
    return _frame(request, "invoices")


@require_safe
@xframe_options_exempt
def insights(request: HttpRequest) -> HttpResponse:
    """GET /embed/insights?origin=…: the frame of `<harvest-insights>`."""
    return _frame(request, "insights")


def _frame(request: HttpRequest, name: str) -> HttpResponse:
    spoken = language_of(request)
    words = translations_for(spoken["language"])
    context = {
        **spoken,
        "title": words[name],
        "script": f"timer_widget/{name}.js",
        "words": words,
        "chart": name == "insights",
    }
    return embedded_page(request, "embed/frame.html", {**context, "has_charts": name == "insights"})
