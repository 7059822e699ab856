"""Shows answers and passages on stdout, styled for a terminal, plain for a pipe."""

import sys
from collections.abc import Iterable, Sequence

from embeddings.errors import CitebotError
from embeddings.search.passage import Passage
from qa.answer import Answer

Part = tuple[str, str]
"""A piece of text and its style: "plain", "label", "good" or "bad"."""
CHANNELS = ("dense", "words", "trigrams")
"""The order of columns; other channels come after these."""


def show_answer(answer: Answer, heading: str | None = None) -> None:
    """Show an answer or a refusal; ``heading`` is the question, if it is not visible otherwise."""
    if sys.stdout.isatty():
        from bot.terminal.rendering.terminal import print_answer

        print_answer(answer, heading)
    else:
        from bot.terminal.rendering.plain import plain_answer

        write(plain_answer(answer, heading))


def show_passages(passages: Sequence[Passage]) -> None:
    """Show passages with each channel's rank and score."""
    channels = list(dict.fromkeys([*CHANNELS, *(name for passage in passages for name in passage.channels)]))
    if sys.stdout.isatty():
        from bot.terminal.rendering.terminal import print_passages

        print_passages(passages, channels)
    else:
        from bot.terminal.rendering.plain import plain_passages

        write(plain_passages(passages, channels))


def show_parts(parts: Iterable[Part]) -> None:
    """Show pieces of text, each with the name of its style; without a terminal, the text alone."""
    if sys.stdout.isatty():
        from bot.terminal.rendering.terminal import print_parts

        print_parts(parts)
    else:
        write("".join(text for text, _ in parts))


def write(text: str) -> None:
    """Write text to stdout at once.

    Raises:
        CitebotError: it cannot be written; BrokenPipeError is left as it is, since nobody reads on.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CitebotError(f"the output cannot be written ({error.strerror}): free some space there") from error
