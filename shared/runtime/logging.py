"""JSON lines on standard error. What a line may hold is a closed list of plain facts, never a record's content."""

import logging
import sys
from typing import Any

import structlog


def _one_line_error(_logger: Any, _method: str, fields: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Database errors quote their parameters, which may be a person's data: keep the kind of error only."""
    error = fields.pop("error", None)
    if isinstance(error, BaseException):
        fields["error"] = f"{type(error).__module__}.{type(error).__qualname__}"
    elif error is not None:
        fields["error"] = error
    return fields


def configure(service: str, level: str = "INFO") -> None:
    """Sets up structlog and quietens the libraries; called once, at a service's start."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _one_line_error,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s %(levelname)s %(message)s")
    for name in ("sqlalchemy", "httpx", "faststream", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)
