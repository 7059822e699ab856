"""Questions from input: typed, piped, or a batch of one JSON object a line; an invalid line does not end the batch."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from bot.terminal.arguments import WrongUsage
from embeddings.errors import CitebotError
from qa.evaluation.json_records import as_object, decode, parse, seen
from qa.question.tidy import tidy

MAX_PIPED_BYTES = 1 << 20
"""More than any question; longer input is refused."""
STDIN = "-"
EXPECTED = 'one JSON object a line: {"id": "7", "question": "Who …?"}'


def typed_question(words: Sequence[str]) -> str:
    """Return the question typed or piped in; several words are one question.

    Raises:
        WrongUsage: there is no question.
        UnusableQuestion: it is longer than any question.
    """
    if not words and not sys.stdin.isatty():
        words = sys.stdin.buffer.read(MAX_PIPED_BYTES).decode("utf-8", "replace").split()
    question = readable(" ".join(words))
    if not any(character.isalnum() for character in question):
        seen = "there is no question" if not question.strip() else f"{question[:40]!r} is no question"
        raise WrongUsage(f'{seen}: ask in words, for example "Who put out the fire?"')
    tidy(question)  # an invalid question is reported before an index is opened or built
    return question


def readable(text: str) -> str:
    """Return typed text with the bytes that are not UTF-8, which Python passes on as lone surrogates, replaced."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One line that is not blank. ``id`` is returned unchanged; ``fault`` says where and why the line is invalid."""

    id: Any
    question: str
    fault: str | None = None


def read_batch(name: str) -> Iterator[BatchLine]:
    """Yield the lines of a file, or of stdin where the name is ``-``, each as soon as it arrives.

    Raises:
        CitebotError: the file cannot be read.
    """
    try:
        with nullcontext(sys.stdin.buffer) if name == STDIN else Path(name).open("rb") as file:
            yield from read_lines(file, "stdin" if name == STDIN else name)
    except OSError as error:
        raise CitebotError(f"{name} cannot be read ({error.strerror or error}): give a file of questions") from error


def read_lines(file: BinaryIO, name: str) -> Iterator[BatchLine]:
    """Yield what the lines of ``file`` hold; ``name`` is what faults call it."""
    for number, raw in enumerate(file, start=1):
        if raw.strip():
            yield _read_line(raw, f"{name}, line {number}")


def _read_line(raw: bytes, where: str) -> BatchLine:
    identifier = None
    try:
        record = as_object(parse(decode(raw, where), where, EXPECTED), where, EXPECTED)
        identifier = record.get("id")
        question = record.get("question")
        if not isinstance(question, str):
            said = f'"question" is {seen(question)}' if "question" in record else 'there is no "question"'
            raise CitebotError(f"{where}: {said}: expected {EXPECTED}")
    except CitebotError as error:
        return BatchLine(identifier, "", str(error))
    return BatchLine(identifier, question)
