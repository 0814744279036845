"""Structured logs on standard error, every line of them redacted."""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

import structlog

from harvest_bridge import request_context
from harvest_bridge.crypto.redaction import redact, redact_event


def add_request_id(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Lines about a request name it; its caller got the same id in `X-Request-Id`."""
    if (context := request_context.current()) is not None:
        event.setdefault("request_id", context.request_id)
    return event


# Lines for requests are written on the event loop, and a request's address may be long.
_LONGEST_ACCESS_LINE = 4096
_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    add_request_id,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


class AccessLine(logging.Formatter):
    """One line for each request, in the layout of the others but without their machinery: there are many of these."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds").removesuffix("+00:00")
        said = redact(record.getMessage(), most=_LONGEST_ACCESS_LINE)
        event = said.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        line = f'timestamp={moment}Z level={record.levelname.lower()} logger={record.name} event="{event}"'
        context = request_context.current()
        return line if context is None else f"{line} request_id={redact(context.request_id)}"


def logging_config(level: str) -> dict[str, Any]:
    """A `LOGGING` dict: structlog's and the standard library's records through one redacting renderer."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    line = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [structlog.stdlib.ExtraAdder(), *_SHARED],
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact_event,
            structlog.processors.LogfmtRenderer(
                key_order=["timestamp", "level", "logger", "event"], bool_as_flag=False
            ),
        ],
    }
    ours = {"handlers": ["stderr"], "level": level, "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": line, "access": {"()": AccessLine}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
            "access": {"class": "logging.StreamHandler", "formatter": "access"},
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": dict.fromkeys(("harvest_bridge", "timer_widget", "huey", "uvicorn"), ours)
        | {
            "uvicorn.access": {**ours, "handlers": ["access"]},
            "django": {**ours, "level": "WARNING"},
            "psycopg.pool": {"level": "ERROR"},  # two lines for every attempt while the database is away
            "httpx": {"level": "WARNING"},  # it would log every address, queries included
            "uvicorn.error": {"level": level, "propagate": True},
        },
    }
