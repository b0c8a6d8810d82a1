"""The log: a name and fields a line, as text or JSON, without secrets and without anybody's words."""

import logging
import re
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any

import structlog

SECRET = re.compile(r"xox[a-z]-[\w-]+|xapp-[\w-]+|Bearer\s+\S+|://[^/\s:@]+:[^/\s@]+@|password=\S+")
NOISY = (
    "apscheduler",
    "httpx",
    "httpx2",
    "httpcore",
    "httpcore2",
    "slack_bolt",
    "slack_sdk",
    "sqlalchemy",
    "uvicorn",
    "alembic",
)


def keep_journal(*, level: str, as_json: bool, secrets: Iterable[str] = ()) -> None:
    """Sets up the log of the process, on standard error. What is in `secrets` is never written."""
    known = tuple(secret for secret in secrets if len(secret) >= 8)
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _Redactor(known),
    ]
    look: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=processors,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, look],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in NOISY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[*processors, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(root.level),
        cache_logger_on_first_use=False,
    )


class _Redactor:
    """Takes secrets out of every field, also out of traces and of what libraries log."""

    def __init__(self, known: tuple[str, ...]) -> None:
        self._known = known

    def __call__(self, logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        del logger, method
        for key, value in event.items():
            if isinstance(value, str):
                event[key] = self._clean(value)
        return event

    def _clean(self, text: str) -> str:
        for secret in self._known:
            text = text.replace(secret, "***")
        return SECRET.sub("***", text)


def log_failure(error: Exception) -> None:
    """The last words of a process that could not go on, perhaps before it had a log."""
    if not structlog.is_configured():
        # What structlog does by itself shows the variables of every frame: passwords and tokens among them.
        keep_journal(level="info", as_json=False)
    structlog.get_logger("opsbot").error(
        "opsbot stopped because of an error nobody expected; please report it", error=str(error), exc_info=error
    )
