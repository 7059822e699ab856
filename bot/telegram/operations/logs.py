"""Structured logs on stderr: one JSON object a line, without the token and without questions."""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterable

_TOKEN = re.compile(r"\d{6,}(?::|%3A)[A-Za-z0-9_-]{20,}")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """Formats a record as JSON; ``extra`` fields become keys. Secrets are redacted in the finished line.

    The whole line is redacted, tracebacks included, since a URL with the token may be in any library's message or
    exception.
    """

    def __init__(self, secrets: Iterable[str], debug: bool = False):
        super().__init__()
        self._secrets = [secret for secret in secrets if secret]
        self._debug = debug

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        entry = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "module": record.module,
            "event": record.getMessage(),
        }
        entry |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            entry["error"] = f"{type(error).__name__}: {error}"
            if self._debug:
                entry["traceback"] = "".join(traceback.format_exception(error))
        return redact(json.dumps(entry, ensure_ascii=False, default=str), self._secrets)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Replace the given secrets, and whatever looks like a bot token, by ``***``."""
    for secret in secrets:
        text = text.replace(secret, "***").replace(json.dumps(secret)[1:-1], "***")
    return _TOKEN.sub("***", text)


def set_up(secrets: Iterable[str], debug: bool = False) -> None:
    """Send all logs to stderr as JSON lines.

    The HTTP and Telegram libraries stay at WARNING: below that they log URLs with the token and whole updates.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(secrets, debug))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in ("httpx", "httpcore", "telegram", "apscheduler", "tornado", "asyncio", "faiss"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("telegram.ext.AIORateLimiter").setLevel(logging.CRITICAL)
