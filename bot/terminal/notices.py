"""What is written to stderr: notices, warnings, and one line for a failure; never results."""

import logging
import sys

from bot.terminal.rendering.escape import on_one_line
from embeddings.errors import CitebotError


class _OneLine(logging.Formatter):
    """Formats a record as one line that is safe for the terminal; ``--debug`` adds tracebacks."""

    def __init__(self, debug: bool):
        super().__init__()
        self._debug = debug

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = record.getMessage()
        if record.levelno >= logging.WARNING:
            line = f"{record.levelname.lower()}: {line}"
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            line = f"{line} ({describe(error)})"
        line = on_one_line(line)
        return f"{line}\n{self.formatException(record.exc_info)}" if error is not None and self._debug else line


class _Stderr(logging.Handler):
    """Writes to the current ``sys.stderr``, which a progress bar replaces while it is shown."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record's line."""
        try:
            print(self.format(record), file=sys.stderr, flush=True)
        except Exception:
            self.handleError(record)


def set_up(debug: bool) -> None:
    """Send citebot's log to stderr; logs of other libraries only with ``--debug``."""
    handler = _Stderr()
    handler.setFormatter(_OneLine(debug))
    logging.basicConfig(handlers=[handler], level=logging.INFO if debug else logging.CRITICAL, force=True)
    logging.captureWarnings(True)
    logging.getLogger("citebot").setLevel(logging.DEBUG if debug else logging.INFO)


def report_failure(error: BaseException) -> None:
    """Say on stderr, in one line, why a command failed."""
    print(f"citebot: {on_one_line(describe(error))}", file=sys.stderr)


def describe(error: BaseException) -> str:
    """Return an error as a line for people; citebot's own errors are complete."""
    if isinstance(error, CitebotError):
        return " ".join(str(error).split())
    if isinstance(error, OSError):
        return f"{error.filename or 'reading or writing'}: {error.strerror or error}"
    message = " ".join(str(error).split())
    return f"unexpected {type(error).__name__}{': ' * bool(message)}{message}; --debug shows the traceback"
