"""``citebot chat``: a conversation in the terminal, follow-ups understood from the turn before."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from bot.cli import MAX_TOP
from bot.commands.ask_command import readable
from bot.commands.opening import filters_of, open_engine, say_what_changed
from bot.rendering import harmless, print_answer, write_parts
from bot.settings import Settings
from embeddings.errors import CitebotError
from embeddings.filters import Filters
from qa.answer import Turn
from qa.engine import Engine

KEPT_TURNS = 10
"""Turns remembered; a follow-up leans on the last."""
HELP = """\
  type a question; a follow-up may lean on the one before ("and what did he say about the police?")
  /new             forget the conversation
  /top N           show N quotes
  /in GLOB         only documents whose path fits; /in alone lifts it
  /since DATE      only documents dated then or later; alone lifts it
  /until DATE      only documents dated then or earlier; alone lifts it
  /sources         the documents
  /help            this
  /quit            leave (so does Ctrl-D)
"""


@dataclass
class _Chat:
    engine: Engine
    filters: Filters
    top: int
    history: list[Turn] = field(default_factory=list)
    over: bool = False


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run the conversation until the input ends."""
    chat = _Chat(open_engine(settings), filters_of(arguments), arguments.top)
    say_what_changed(chat.engine)
    if sys.stdin.isatty():
        print("Ask about the articles; /help shows what else there is.", file=sys.stderr)
    for line in _lines():
        _answer(chat, readable(line).strip())
        if chat.over:
            break
    return 0


def _lines() -> Iterator[str]:
    if not sys.stdin.isatty():
        yield from sys.stdin
        return
    import readline  # noqa: F401 - gives input() its history and editing

    while True:
        try:
            yield input("? ")
        except EOFError:
            print()
            return


def _answer(chat: _Chat, line: str) -> None:
    if not line:
        return
    try:
        if line.startswith("/"):
            _obey(chat, *line[1:].split(maxsplit=1))
            return
        answer = chat.engine.ask(line, top=chat.top, filters=chat.filters, history=chat.history)
    except CitebotError as error:
        print(f"citebot: {error}", file=sys.stderr)
        return
    print_answer(answer)
    write_parts([("\n", "plain")])
    chat.history = [*chat.history, Turn(answer.understood or line, answer)][-KEPT_TURNS:]


def _obey(chat: _Chat, command: str = "", argument: str = "") -> None:
    obey = COMMANDS.get(command)
    if obey is None:
        raise CitebotError(f"no command /{command}: /help lists them; a question needs no slash")
    obey(chat, argument)


def _forget(chat: _Chat, argument: str) -> None:
    chat.history = []


def _quit(chat: _Chat, argument: str) -> None:
    chat.over = True


def _help(chat: _Chat, argument: str) -> None:
    write_parts([(HELP, "plain")])


def _sources(chat: _Chat, argument: str) -> None:
    write_parts(
        (f"  {harmless(facts.id)}  {harmless(facts.title)}{f'  {facts.date}' if facts.date else ''}\n", "plain")
        for facts in chat.engine.documents()
    )


def _top(chat: _Chat, argument: str) -> None:
    if not argument.isdecimal() or not 1 <= int(argument) <= MAX_TOP:
        raise CitebotError(f"/top has {argument!r}, wanted is a number from 1 to {MAX_TOP}: try /top 3")
    chat.top = int(argument)


def _in(chat: _Chat, argument: str) -> None:
    chat.filters = replace(chat.filters, paths=tuple(argument.split()))


def _date(name: str):
    def limit(chat: _Chat, argument: str) -> None:
        try:
            chat.filters = replace(chat.filters, **{name: date.fromisoformat(argument) if argument else None})
        except ValueError as error:
            raise CitebotError(f"/{name} has {argument!r}, wanted is a date: try /{name} 2023-10-01") from error

    return limit


COMMANDS = {
    "new": _forget,
    "quit": _quit,
    "exit": _quit,
    "help": _help,
    "sources": _sources,
    "top": _top,
    "in": _in,
    "since": _date("since"),
    "until": _date("until"),
}
