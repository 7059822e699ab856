"""``citebot chat``: a conversation in the terminal, follow-ups understood from the turns before."""

import argparse
import sys
from collections.abc import Iterator

from bot.settings import Settings
from bot.terminal.chat import Chat, run_slash_command
from bot.terminal.commands.open_engine import filters_of, open_engine, report_changes
from bot.terminal.notices import report_failure
from bot.terminal.question_input import readable
from bot.terminal.rendering.output import show_answer, write
from bot.terminal.small_talk_replies import reply
from embeddings.errors import CitebotError
from qa.answer import Turn
from qa.conversation.message import Part, read_message
from qa.conversation.small_talk import Talk

PROMPT = "? "
KEPT_TURNS = 10
"""Turns remembered for follow-ups."""


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run the conversation until the input ends."""
    filters = filters_of(arguments)
    chat = Chat(open_engine(settings), filters, arguments.top)
    report_changes(chat.engine)
    if sys.stdin.isatty():
        print("Ask about the articles. /help shows what else there is, Ctrl-D ends.", file=sys.stderr)
    for line in _lines():
        try:
            _handle_line(chat, readable(line).strip())
        except CitebotError as error:
            report_failure(error)
        except KeyboardInterrupt:
            if not sys.stdin.isatty():
                raise
            print("\nstopped", file=sys.stderr)
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

    interrupted = False
    while True:
        try:
            line = input(PROMPT) if sys.stdout.isatty() else _prompt_on_stderr()
        except EOFError:
            print(file=sys.stderr)
            return
        except KeyboardInterrupt:
            # The first Ctrl-C clears the line, as in a shell; two in a row end.
            if interrupted:
                raise
            interrupted = True
            print("\n(once more, or Ctrl-D, ends)", file=sys.stderr)
            continue
        interrupted = False
        yield line


def _prompt_on_stderr() -> str:
    # input() would write the prompt to stdout, among the results.
    print(PROMPT, end="", file=sys.stderr, flush=True)
    return input()


def _handle_line(chat: Chat, line: str) -> None:
    if line.startswith("/"):
        run_slash_command(chat, line)
    elif line:
        parts = read_message(line)
        for part in parts:
            # Who types sees the question above the answer; who reads a file, or asked several, would not.
            heading = None if sys.stdin.isatty() and len(parts) == 1 else part.text
            _respond(chat, part, heading)


def _respond(chat: Chat, part: Part, heading: str | None) -> None:
    if part.talk is not Talk.QUESTION:
        write(f"question: {heading}\n" if heading else "")
        write(f"{reply(part.talk, chat.engine)}\n\n")
        return
    answer = chat.engine.ask(part.text, top=chat.top, filters=chat.filters, history=chat.history)
    show_answer(answer, heading)
    write("\n")
    chat.history = [*chat.history, Turn(answer.understood or part.text, answer)][-KEPT_TURNS:]
