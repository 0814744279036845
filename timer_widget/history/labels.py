"""What a click was, in words for operators. Pure."""

from __future__ import annotations

from timer_widget.models import Intent, IntentKind, IntentStatus

_ANSWERS = {
    "stop": "stop",
    "continue": "go on without the gap",
    "move": "move the gap",
    "keep": "keep all time",
    "restore": "put the time back",
    "accept": "the automatic stop is right",
}


def click_label(click: Intent) -> str:
    """`Start`; of an answer on a forgotten timer which one; of a stop that nobody asked for that it came by itself."""
    if click.kind != IntentKind.ANSWER:
        return click.get_kind_display()
    if not click.is_automatic:
        return f"Forgotten timer: {_ANSWERS.get(click.asked.get('answer', ''), 'answer')}"
    if click.status != IntentStatus.DONE:
        return "Stop by itself (forgotten)"
    return f"Stopped by itself at {click.clicked_at:%H:%M} (forgotten)"
