"""Every command, flag and example of the command line, and the messages about wrong usage."""

import argparse
import re
import sys
from collections.abc import Container, Sequence
from datetime import date
from pathlib import Path
from typing import NoReturn

from bot.settings import SETTINGS, as_path, as_place
from embeddings.errors import CitebotError
from embeddings.postgres.address import Database, is_database

WRONG_USAGE = 2
"""Exit status, as argparse and most programs have it."""
MAX_TOP = 1000
"""More than anyone reads, and still fast."""
FLAGS = ("docs", "index", "encoder", "reader", "threshold")
"""Flags that win over the setting of the same name."""
_MEANINGS = {one.field: one.meaning[0].lower() + one.meaning[1:].replace("``", "").rstrip(".") for one in SETTINGS}
ASKING = frozenset(
    ("who", "whose", "what", "which", "where", "when", "why", "how", "is", "are", "was", "were", "do", "does", "did")
)
"""First words of questions: they tell a question typed without quotes from a mistyped command."""
SHELLS = ("bash", "zsh", "tcsh", "fish")
"""Shells that shtab writes completions for."""

DESCRIPTION = """\
Ask questions about a folder of articles. Answers are taken from the articles word for word, shown in
their sentence, and checked against the file before they are printed. If there is no answer, citebot says so."""

EXAMPLES = {
    None: """\
examples:
  citebot index --docs news                      bring the index up to date
  citebot "Who put out the fire?"                one question; short for citebot ask
  citebot chat                                   a conversation with follow-ups
  citebot ask --batch questions.jsonl --json     many questions, one JSON answer a line
  citebot help ask                               the flags of a command

exit status: 0 done (a refusal too), 1 failed (one line on stderr says why), 2 wrong usage""",
    "index": """\
examples:
  citebot index                                  index seeds/ into .citebot/
  citebot index --docs news --index news.index
  citebot index --watch                          keep running and follow every change
  citebot index --rebuild                        encode everything again""",
    "ask": """\
examples:
  citebot ask "Who put out the fire?"
  citebot ask "Who put out the fire?" --json | jq -r .answer
  echo "Who put out the fire?" | citebot ask
  citebot ask "What was said on the police?" --in 'news/*' --since 2023-10-01
  citebot ask --batch questions.jsonl --json     lines {"id": "7", "question": "…"}; - reads stdin""",
    "chat": """\
examples:
  citebot chat                                   type /help inside
  citebot chat --in 'news/2023/*'
  citebot chat < questions.txt                   one question a line""",
    "search": """\
examples:
  citebot search "gas station in Khankendi"      ranks and scores of every channel
  citebot search fire --top 20 --json | jq '.[].document'""",
    "show": """\
examples:
  citebot show news/fire.txt                     its whole text
  citebot show report.pdf --page 12
  citebot show news/fire.txt --around 1204:1391  the quote at these offsets, in its context""",
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


class WrongUsage(CitebotError):
    """Wrong usage of the command line: exit status 2."""


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Parse the command line (``sys.argv`` where None); ``command`` is None for an empty one.

    Raises:
        SystemExit: help or version was asked for (0), or the usage is wrong (2).
    """
    parser, commands = _make_parsers()
    argv = _as_meant(sys.argv[1:] if argv is None else argv, commands)
    if argv and argv[0].split("=")[0] in _flags(commands["ask"]) - _flags(parser):
        parser.error(f"{argv[0]!r} comes before the command: put it after, as in `citebot ask QUESTION {argv[0]}`")
    arguments, unknown = parser.parse_known_args(argv)
    if unknown:
        commands.get(arguments.command, parser).refuse(unknown)
    if arguments.command is None:
        parser.print_help()
    return arguments


def _as_meant(argv: Sequence[str], commands: Container[str]) -> list[str]:
    """Return ``help ask`` as ``ask --help``, and a question without a command as one to ``ask``."""
    first = next((number for number, word in enumerate(argv) if word != "--debug"), len(argv))
    before, words = list(argv[:first]), list(argv[first:])
    if words[:1] == ["help"]:
        return [*before, *words[1:2], "--help"]
    if words and words[0] not in commands and _is_question(words):
        return [*before, "ask", *words]
    return [*before, *words]


def _is_question(words: Sequence[str]) -> bool:
    first = words[0].strip()
    if first.startswith("-"):
        return False
    return " " in first or first.endswith("?") or (len(words) > 1 and first.lower() in ASKING)


def flags_of(arguments: argparse.Namespace) -> dict[str, object]:
    """Return the flags given that win over a setting, by the setting's name."""
    return {name: value for name in FLAGS if (value := getattr(arguments, name, None)) is not None}


def _make_parsers() -> tuple["_Parser", dict[str, "_Parser"]]:
    parser = _Parser(
        prog="citebot", description=DESCRIPTION, epilog=EXAMPLES[None], formatter_class=_Raw, allow_abbrev=False
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    parser.add_argument("--debug", action="store_true", help="show tracebacks and details; may be given anywhere")
    parser.add_argument(
        "--print-completion", action=_Completion, choices=SHELLS, metavar="SHELL",
        help=f"print the completion script for a shell ({', '.join(SHELLS)}) and exit",
    )  # fmt: skip
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    for add in (_add_index, _add_ask, _add_chat, _add_search, _add_show, _add_status, _add_doctor, _add_eval, _add_bot):
        add(commands)
    return parser, commands.choices


def _add(commands, name: str, summary: str) -> "_Parser":
    parser = commands.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=EXAMPLES[name],
        formatter_class=_Raw,
        allow_abbrev=False,
    )
    parser.add_argument("--docs", type=_folder, metavar="DIR", help=_MEANINGS["docs"])
    parser.add_argument("--index", type=_place, metavar="DIR", help=_MEANINGS["index"])
    parser.add_argument("--encoder", metavar="NAME", help=_MEANINGS["encoder"])
    parser.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help="show tracebacks and details")
    return parser


def _add_index(commands) -> None:
    parser = _add(commands, "index", "bring the index up to date with the folder of articles")
    parser.add_argument("--rebuild", action="store_true", help="encode everything again, even if the index is damaged")
    parser.add_argument(
        "--verify", action="store_true", help="read every file and the whole index, not only what seems to have changed"
    )
    parser.add_argument("--move", action="store_true", help="give the index another docs folder")
    parser.add_argument(
        "--exclude", type=_glob, action="append", metavar="GLOB",
        help="leave out such files, by the rules of .gitignore; remembered; may be repeated",
    )  # fmt: skip
    parser.add_argument("--watch", action="store_true", help="keep running and follow every change; Ctrl-C ends it")


def _add_ask(commands) -> None:
    parser = _add(commands, "ask", "answer one question, or a file of them")
    parser.add_argument("question", nargs="*", metavar="QUESTION", help="the question, best in quotes")
    parser.add_argument("--batch", metavar="FILE.jsonl", help='questions, one {"id", "question"} a line; - is stdin')
    parser.add_argument("--json", action="store_true", help="print one JSON object an answer, on one line")
    _add_asking(parser, top=3, what="quotes")


def _add_chat(commands) -> None:
    _add_asking(_add(commands, "chat", "have a conversation with follow-ups"), top=3, what="quotes")


def _add_search(commands) -> None:
    parser = _add(commands, "search", "show the passages found, with rank and score in each channel")
    parser.add_argument("question", nargs="*", metavar="QUESTION", help="the question, best in quotes")
    parser.add_argument("--json", action="store_true", help="print a JSON list of passages, on one line")
    _add_asking(parser, top=10, what="passages", reads=False)


def _add_show(commands) -> None:
    parser = _add(commands, "show", "print the indexed text of a document")
    parser.add_argument("document", metavar="DOCUMENT", help="its path below the docs folder, as shown with quotes")
    parser.add_argument("--page", type=_top, metavar="N", help="only that page of a PDF")
    parser.add_argument("--around", type=_range, metavar="START:END", help="a quote and the text around it")
    parser.add_argument("--json", action="store_true", help="print one JSON object, on one line")


def _add_status(commands) -> None:
    parser = _add(commands, "status", "show what the index holds, and what has changed on disk since")
    parser.add_argument("--json", action="store_true", help="print one JSON object, on one line")
    _add_reading(parser)


def _add_doctor(commands) -> None:
    _add_reading(_add(commands, "doctor", "check settings, index, models and permissions; suggest remedies"))


def _add_eval(commands) -> None:
    parser = _add(commands, "eval", "measure the answers on a file of labelled questions")
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="SQuAD JSON (v1, v2), or JSONL with question and answers"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object, with the result of each question")
    parser.add_argument("--plot", metavar="FILE.png", type=Path, help="draw how many questions each threshold answers")
    _add_reading(parser)


def _add_bot(commands) -> None:
    _add_reading(_add(commands, "bot", "run the Telegram bot"))


def _add_asking(parser: "_Parser", *, top: int, what: str, reads: bool = True) -> None:
    parser.add_argument("--top", type=_top, default=top, metavar="N", help=f"how many {what} at most (default: {top})")
    parser.add_argument(
        "--in", dest="paths", type=_glob, action="append", default=[], metavar="GLOB",
        help="only documents whose path matches, such as 'news/*'; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--since", type=iso_date, metavar="DATE", help="only documents of that date (2023-10-01) or later"
    )
    parser.add_argument("--until", type=iso_date, metavar="DATE", help="only documents of that date or earlier")
    if reads:
        _add_reading(parser)


def _add_reading(parser: "_Parser") -> None:
    parser.add_argument("--reader", type=_folder, metavar="DIR", help=_MEANINGS["reader"])
    parser.add_argument("--threshold", type=_share, metavar="P", help=_MEANINGS["threshold"])


def _folder(text: str) -> Path:
    try:
        if text:
            return as_path(text)
    except ValueError:
        pass  # reported below
    raise argparse.ArgumentTypeError(f"{text!r} is not the name of a folder")


def _place(text: str) -> Path | Database:
    return as_place(text) if is_database(text) else _folder(text)


def _glob(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("the pattern is empty, expected one such as 'news/*'")
    return text


def _top(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 9 or not 1 <= int(text) <= MAX_TOP:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {MAX_TOP}")
    return int(text)


def _range(text: str) -> tuple[int, int]:
    start, _, end = text.partition(":")
    if not (start.isascii() and start.isdecimal() and end.isascii() and end.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not two offsets such as 120:180")
    return int(start), int(end)


def iso_date(text: str) -> date:
    """Read a date such as 2023-10-01.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
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
    """Help that keeps the line breaks of the examples."""


class _Version(argparse.Action):
    """Prints the version; reading the package's metadata waits until it is asked for."""

    def __call__(self, parser, namespace, values, option_string=None):
        from importlib.metadata import PackageNotFoundError, version

        try:
            found = version("citebot")
        except PackageNotFoundError:
            found = "(not installed: run from a checkout)"
        print(f"citebot {found}")
        parser.exit(0)


class _Completion(argparse.Action):
    """Prints a shell's completion script; shtab, which makes it, is slow to import and imported only here."""

    def __call__(self, parser, namespace, values, option_string=None):
        import shtab

        for _, command in sorted(parser._subparsers._group_actions[0].choices.items()):
            for action in command._actions:
                if action.type in (_folder, _place):
                    action.complete = shtab.DIRECTORY
                elif action.type is Path or action.dest == "batch":
                    action.complete = shtab.FILE
        print(shtab.complete(parser, values))
        parser.exit(0)


class _Parser(argparse.ArgumentParser):
    """A parser that suggests a command or flag for a mistyped one."""

    def error(self, message: str) -> NoReturn:
        typed = re.search(r"argument COMMAND: invalid choice: (?:'([^']*)'|\"([^\"]*)\")", message)
        if typed:
            names = [name for name in EXAMPLES if name]
            word = typed.group(1) or typed.group(2) or ""
            message = f"no command {word!r}{_hint(word, names)} (commands: {', '.join(names)})"
        self.exit(WRONG_USAGE, f"citebot: {message}\nsee `{self.prog} --help`\n")

    def refuse(self, unknown: list[str]) -> NoReturn:
        """Exit with an error for arguments that are not recognised."""
        flags = sorted(_flags(self))
        self.error(", ".join(f"unknown argument {word!r}{_hint(word.split('=')[0], flags)}" for word in unknown))


def _flags(parser: argparse.ArgumentParser) -> set[str]:
    return set(re.findall(r"--[\w-]+", parser.format_usage()))


def _hint(word: str, known: Sequence[str]) -> str:
    import difflib

    near = difflib.get_close_matches(word, known, n=1)
    return f", did you mean {near[0]!r}?" if near else ""
