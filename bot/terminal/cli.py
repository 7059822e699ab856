"""The command line: arguments become settings and a command; an error becomes one line and an exit status."""

import argparse
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bot.settings import DEFAULT_DOCS, Settings, read_settings
from bot.terminal import notices
from bot.terminal.arguments import WRONG_USAGE, WrongUsage, flags_of, parse
from embeddings.errors import CitebotError

DONE, FAILED, INTERRUPTED = 0, 1, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run citebot and return its exit status: 0 done, 1 failed (one line on stderr), 2 wrong usage."""
    _use_utf8()
    try:
        arguments = parse(argv)
    except SystemExit as stop:
        return int(stop.code or DONE)
    if arguments.command is None:
        return DONE
    notices.set_up(arguments.debug)
    try:
        status = _run(arguments)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of the output was closed.
        return DONE
    except Exception as error:
        if arguments.debug:
            traceback.print_exc()
        notices.report_failure(error)
        if isinstance(error, WrongUsage):
            print(f"see `citebot {arguments.command} --help`", file=sys.stderr)
            return WRONG_USAGE
        return FAILED
    finally:
        _flush_stdout()


def _run(arguments: argparse.Namespace) -> int:
    command = importlib.import_module(f"bot.terminal.commands.{arguments.command}_command")
    return command.run(arguments, _settings(arguments))


def _settings(arguments: argparse.Namespace) -> Settings:
    """Read the settings; an invalid one is an error in every command that uses it, except the doctor."""
    settings, complaints = read_settings(os.environ, Path.cwd(), flags_of(arguments))
    if arguments.command != "doctor":
        for complaint in complaints:
            if arguments.command == "bot" or not complaint.bot_only:
                raise complaint.error
    return _with_own_docs(settings)


def _with_own_docs(settings: Settings) -> Settings:
    """Use the docs folder of the index, unless one is given."""
    if settings.docs is not DEFAULT_DOCS:
        return settings
    from embeddings.passage_index import remembered_docs

    try:
        own = remembered_docs(settings.index)
    except CitebotError:
        return settings  # the command that opens the index reports it
    return settings if own is None else replace(settings, docs=own)


def _use_utf8() -> None:
    """Print UTF-8 in every locale; a closed stream counts as empty."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - open to the end
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _flush_stdout() -> None:
    """Flush stdout; if that fails, keep Python from trying again at exit, with an error message."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
