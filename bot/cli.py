"""The command line: what is typed becomes settings and a command, what goes wrong becomes one line and an exit status."""

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from bot.settings import Settings, load_settings
from embeddings.errors import CitebotError

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130
MAX_TOP = 50
"""More quotes than anybody reads."""

DESCRIPTION = """\
Ask a folder of articles. Answers are taken from the articles word for word, shown in their sentence,
and checked against the file before they are printed; what is not there is said to be not there."""

EXAMPLES = {
    None: """\
examples:
  citebot index --docs news                      bring the index up to date
  citebot ask "Who put out the fire?"            one question
  citebot chat                                   a conversation with follow-ups
  citebot ask --batch questions.jsonl --json     many questions, one JSON answer a line""",
    "index": """\
examples:
  citebot index                                  index seeds/ into .citebot/
  citebot index --docs news --index news.index
  citebot index --watch                          stay, and follow every change of the folder
  citebot index --rebuild                        encode everything anew""",
    "ask": """\
examples:
  citebot ask "Who put out the fire?"
  citebot ask "Who put out the fire?" --json | jq .answer
  citebot ask "What was said on the police?" --in 'news/*' --since 2023-10-01
  citebot ask --batch questions.jsonl --json     lines {"id": "7", "question": "…"}; - reads stdin""",
    "chat": """\
examples:
  citebot chat                                   type /help inside
  citebot chat --in 'news/2023/*'""",
    "search": """\
examples:
  citebot search "gas station in Khankendi"      ranks and scores of every channel
  citebot search "fire" --top 20 --json""",
    "status": """\
examples:
  citebot status
  citebot status --json | jq .documents""",
    "doctor": """\
examples:
  citebot doctor && citebot bot""",
    "eval": """\
examples:
  citebot eval questions.jsonl                   lines {"question": "…", "answers": ["…"]}; [] is unanswerable
  citebot eval dev-v2.0.json --json --plot curves.png""",
    "bot": """\
examples:
  CITEBOT_TELEGRAM_TOKEN=… citebot bot --docs news""",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run citebot and return its exit status: 0 done, 1 failed (one line on stderr), 2 wrong usage."""
    _speak_utf8()
    parser = make_parser()
    try:
        arguments = parser.parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    if arguments.command is None:
        parser.print_help()
        return DONE
    logging.basicConfig(format="%(message)s", stream=sys.stderr, level=logging.WARNING)
    logging.getLogger("citebot").setLevel(logging.DEBUG if arguments.debug else logging.INFO)
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has had enough; Python must not complain at exit about what was not flushed.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        if arguments.debug:
            raise
        print(f"citebot: {_one_line(error)}", file=sys.stderr)
        return FAILED


def _run(arguments: argparse.Namespace) -> int:
    command = importlib.import_module(f"bot.commands.{arguments.command}_command")
    return command.run(arguments, _settings(arguments))


def _one_line(error: Exception) -> str:
    if isinstance(error, CitebotError):
        return " ".join(str(error).split())
    if isinstance(error, OSError):
        return f"{error.filename or 'the system'}: {error.strerror or error}"
    return (
        f"unexpected {type(error).__name__}: {' '.join(str(error).split())} (run again with --debug for the traceback)"
    )


def _speak_utf8() -> None:
    """Results are UTF-8 whatever the locale says."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _settings(arguments: argparse.Namespace) -> Settings:
    settings = load_settings(os.environ, Path.cwd())
    names = ("docs", "index", "encoder", "reader", "threshold")
    flags = {name: value for name in names if (value := getattr(arguments, name, None)) is not None}
    return replace(settings, **flags)


def make_parser() -> argparse.ArgumentParser:
    """Build the parser of every command."""
    parser = _Parser(prog="citebot", description=DESCRIPTION, epilog=EXAMPLES[None], formatter_class=_Raw)
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    parser.set_defaults(debug=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)

    index = _add(commands, "index", "bring the index up to date with the folder of articles")
    index.add_argument("--rebuild", action="store_true", help="encode everything anew, also where the index is damaged")
    index.add_argument(
        "--watch", action="store_true", help="stay, and follow every change of the folder; Ctrl-C ends it"
    )

    ask = _add(commands, "ask", "answer one question, or a file of them")
    ask.add_argument("question", nargs="?", metavar="QUESTION", help="the question, in quotes")
    ask.add_argument(
        "--batch", metavar="FILE.jsonl", help='questions, one {"id", "question"} a line; - is standard input'
    )
    _add_asking(ask, top=3, what="quotes")
    ask.add_argument("--json", action="store_true", help="print JSON, one object a line")

    chat = _add(commands, "chat", "a conversation with follow-ups")
    _add_asking(chat, top=3, what="quotes")

    search = _add(commands, "search", "show the passages found and what each channel says of them")
    search.add_argument("question", metavar="QUESTION", help="the question, in quotes")
    _add_asking(search, top=10, what="passages")
    search.add_argument("--json", action="store_true", help="print JSON, one passage a line")

    status = _add(commands, "status", "what the index holds, and what changed on disk since")
    status.add_argument("--json", action="store_true", help="print one JSON object")

    _add(commands, "doctor", "check index, models, permissions and token; name each remedy")

    evaluate = _add(commands, "eval", "measure the answers on a file of questions")
    evaluate.add_argument("file", metavar="FILE", help="SQuAD JSON (v1 or v2), or JSONL with question and answers")
    evaluate.add_argument("--json", action="store_true", help="print one JSON object, each question's result in it")
    evaluate.add_argument("--plot", metavar="FILE.png", type=Path, help="draw risk-coverage and calibration")
    _add_reading(evaluate)

    bot = _add(commands, "bot", "run the Telegram bot")
    _add_reading(bot)
    return parser


def _add(commands, name: str, summary: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=summary, description=summary, epilog=EXAMPLES[name], formatter_class=_Raw)
    parser.add_argument("--docs", type=Path, metavar="DIR", help="the folder of articles (default: seeds)")
    parser.add_argument("--index", type=Path, metavar="DIR", help="the folder of the index (default: .citebot)")
    parser.add_argument(
        "--encoder", metavar="NAME", help="a sentence-transformers name or folder (default: the packaged one)"
    )
    parser.add_argument("--debug", action="store_true", help="show tracebacks and details")
    return parser


def _add_asking(parser: argparse.ArgumentParser, *, top: int, what: str) -> None:
    parser.add_argument("--top", type=_top, default=top, metavar="N", help=f"how many {what} at most (default: {top})")
    parser.add_argument("--in", dest="paths", action="append", default=[], metavar="GLOB",
                        help="only documents whose path fits, such as 'news/*'; may be given again")  # fmt: skip
    parser.add_argument("--since", type=_date, metavar="DATE", help="only documents dated then or later (2023-10-01)")
    parser.add_argument("--until", type=_date, metavar="DATE", help="only documents dated then or earlier")
    _add_reading(parser)


def _add_reading(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reader", metavar="NAME", help="small (default), large, or a model's folder")
    parser.add_argument("--threshold", type=_share, metavar="P", help="refuse below this confidence, 0 to 1")


def _top(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MAX_TOP:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {MAX_TOP}")
    return int(text)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2023-10-01") from None


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 1")
    return value


class _Raw(argparse.RawDescriptionHelpFormatter):
    """Help with the examples' lines as they are written."""


class _Version(argparse.Action):
    """Prints the version; reading package metadata waits until it is asked for."""

    def __call__(self, parser, namespace, values, option_string=None):
        from importlib.metadata import PackageNotFoundError, version

        try:
            found = version("citebot")
        except PackageNotFoundError:
            found = "from a checkout"
        print(f"citebot {found}")
        parser.exit(0)


class _Parser(argparse.ArgumentParser):
    """A parser that suggests the command that was meant."""

    def error(self, message: str):
        import difflib
        import re

        typed = re.search(r"invalid choice: '([^']*)'", message)
        if typed:
            near = difflib.get_close_matches(typed.group(1), [name for name in EXAMPLES if name], n=1)
            hint = f", did you mean {near[0]!r}?" if near else ""
            message = f"no command {typed.group(1)!r}{hint} (commands: {', '.join(name for name in EXAMPLES if name)})"
        self.exit(WRONG_USAGE, f"citebot: {message}\nsee `{self.prog} --help`\n")


if __name__ == "__main__":
    sys.exit(main())
