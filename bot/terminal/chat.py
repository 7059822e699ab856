"""The state of a conversation in the terminal, and the slash commands that change it."""

import argparse
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bot.terminal.arguments import MAX_TOP, iso_date
from bot.terminal.document_names import names_without_document
from bot.terminal.rendering.escape import on_one_line
from bot.terminal.rendering.output import write
from bot.terminal.small_talk_replies import reply
from embeddings.documents.filters import Filters
from embeddings.errors import CitebotError
from qa.answer import Turn
from qa.conversation.small_talk import Talk
from qa.engine import Engine

HELP = """\
  a question        answered; it may refer to earlier ones ("and what did he say about the police?")
  small talk        "who are you?", "what are the articles about?", "what's new?"
  /new              forget the conversation
  /top N            show N quotes at most
  /in GLOB …        only documents whose path matches one of them ("two words.txt"); /in alone lifts it
  /since DATE       only documents of that date (2023-10-01) or later; /since alone lifts it
  /until DATE       only documents of that date or earlier; /until alone lifts it
  /sources          list the documents that are searched
  /topics           what the articles are about
  /help             this
  /quit             leave; so does Ctrl-D, and Ctrl-C twice (once clears the line)
"""


@dataclass
class Chat:
    """A running conversation."""

    engine: Engine
    filters: Filters
    top: int
    history: list[Turn] = field(default_factory=list)
    over: bool = False


def run_slash_command(chat: Chat, line: str) -> None:
    """Run a slash command.

    Raises:
        CitebotError: there is no such command, or its argument is wrong.
    """
    name, _, argument = line.removeprefix("/").partition(" ")
    command = COMMANDS.get(name.lower())
    if command is None:
        raise CitebotError(f"no command /{name}: /help lists them; questions do not begin with a slash")
    command(chat, argument.strip())


def _forget(chat: Chat, argument: str) -> None:
    chat.history = []


def _quit(chat: Chat, argument: str) -> None:
    chat.over = True


def _help(chat: Chat, argument: str) -> None:
    write(HELP)


def _list_sources(chat: Chat, argument: str) -> None:
    for facts in chat.engine.documents():
        if chat.filters.admit(facts.id, facts.date):
            listed = "  ".join(str(fact) for fact in (facts.id, facts.date, facts.title) if fact)
            write(f"  {on_one_line(listed)}\n")


def _show_topics(chat: Chat, argument: str) -> None:
    write(f"{reply(Talk.TOPICS, chat.engine)}\n")


def _set_top(chat: Chat, argument: str) -> None:
    if not argument.isdecimal() or len(argument) > 9 or not 1 <= int(argument) <= MAX_TOP:
        raise CitebotError(f"/top has {argument!r}, expected a number from 1 to {MAX_TOP}: try /top 3")
    chat.top = int(argument)


def _set_paths(chat: Chat, argument: str) -> None:
    documents = chat.engine.documents()
    whole = Filters((argument,)) if argument else Filters()
    # A name with spaces in it needs no quotation marks where it is the only one.
    one = bool(whole) and any(whole.admit(facts.id, None) for facts in documents)
    chat.filters = replace(chat.filters, paths=(argument,) if one else _split(argument))
    _show_filters(chat)


def _set_date(name: str) -> Callable[[Chat, str], None]:
    def limit(chat: Chat, argument: str) -> None:
        try:
            chat.filters = replace(chat.filters, **{name: iso_date(argument) if argument else None})
        except argparse.ArgumentTypeError as error:
            raise CitebotError(f"/{name}: {error}") from error
        _show_filters(chat)

    return limit


def _split(argument: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(argument))
    except ValueError:  # An unclosed quotation mark is part of a name.
        return tuple(argument.split())


def _show_filters(chat: Chat) -> None:
    """Say how many documents are searched now, so that a pattern without matches is noticed at once."""
    documents = chat.engine.documents()
    asked = sum(chat.filters.admit(facts.id, facts.date) for facts in documents)
    write(f"  {asked:,} of {len(documents):,} documents are searched\n")
    for line in names_without_document(chat.engine.snapshot, chat.filters) if not asked else ():
        write(f"  {on_one_line(line)}\n")


COMMANDS: dict[str, Callable[[Chat, str], None]] = {
    "new": _forget,
    "top": _set_top,
    "in": _set_paths,
    "since": _set_date("since"),
    "until": _set_date("until"),
    "sources": _list_sources,
    "topics": _show_topics,
    "help": _help,
    "quit": _quit,
    "exit": _quit,
}
