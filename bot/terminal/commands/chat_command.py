"""``citebot chat``: a conversation in the terminal, follow-ups understood from the turn before."""

import argparse
import sys
from collections.abc import Iterator

from bot.settings import Settings
from bot.terminal.chat import Chat, obey
from bot.terminal.commands.opening import filters_of, open_engine, say_what_changed
from bot.terminal.notices import say_failure
from bot.terminal.rendering.show import show_answer, write
from bot.terminal.typed import readable
from embeddings.errors import CitebotError
from qa.answer import Turn

PROMPT = "? "
KEPT_TURNS = 10
"""Turns remembered; a follow-up leans on the last."""


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run the conversation until the input ends."""
    filters = filters_of(arguments)
    chat = Chat(open_engine(settings), filters, arguments.top)
    say_what_changed(chat.engine)
    if sys.stdin.isatty():
        print("Ask about the articles. /help shows what else there is, Ctrl-D ends.", file=sys.stderr)
    for line in _lines():
        try:
            _take(chat, readable(line).strip())
        except CitebotError as error:
            say_failure(error)
        if chat.over:
            break
    return 0


def _lines() -> Iterator[str]:
    """Yield what is typed, or what is piped in, line by line."""
    sys.stdin.reconfigure(errors="surrogateescape")
    if not sys.stdin.isatty():
        yield from sys.stdin
        return
    import readline  # noqa: F401 - gives input() its history and editing

    while True:
        try:
            yield input(PROMPT) if sys.stdout.isatty() else _prompt_on_stderr()
        except EOFError:
            print(file=sys.stderr)
            return


def _prompt_on_stderr() -> str:
    # input() would write the prompt to stdout, among the results.
    print(PROMPT, end="", file=sys.stderr, flush=True)
    return input()


def _take(chat: Chat, line: str) -> None:
    if not line:
        return
    if line.startswith("/"):
        obey(chat, line)
        return
    answer = chat.engine.ask(line, top=chat.top, filters=chat.filters, history=chat.history)
    # Who types sees the question above the answer; who reads a file would not.
    show_answer(answer, heading=None if sys.stdin.isatty() else line)
    write("\n")
    chat.history = [*chat.history, Turn(answer.understood or line, answer)][-KEPT_TURNS:]
