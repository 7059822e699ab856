"""The column of a table that a question asks for: the reader finds the row, and may point at another figure in it."""

import re
from dataclasses import replace

from embeddings.text.words import tokenize
from qa.answer import Span
from qa.reading.spans import trim

_CELL = re.compile(r"[^|\n]+")
_NAMED_OTHERWISE = {
    "deep": "depth",
    "high": "height altitude elevation",
    "tall": "height",
    "wide": "width",
    "long": "length",
    "old": "age",
    "heavy": "weight",
    "fast": "speed",
    "hot": "temperature",
}
"""What a column is called, by the word that asks for it."""
_ASKED_OTHERWISE = {word: set(tokenize(names)) for word, names in _NAMED_OTHERWISE.items()}


def move_to_asked_column(span: Span, question: str) -> Span:
    """Move a figure in a table's row to the column whose heading the question names, if it names one alone.

    Only from figure to figure: "Which town has the most people?" names the column of the figures and asks for the town.
    """
    passage = span.passage
    table = passage.structure.table_at(span.start)
    if table is None or span.start < table.header_end:
        return span
    offset = passage.chunk.start
    first, last = span.start - offset, span.end - offset
    row_start = passage.text.rfind("\n", 0, first) + 1
    row_end = passage.text.find("\n", first)
    cells = _cells(passage.text, row_start, len(passage.text) if row_end < 0 else row_end)
    names = [cell for cell in _CELL.findall(table.header) if cell.strip()]
    own = next((n for n, (start, end) in enumerate(cells) if start <= first and last <= end), 0)
    if len(cells) != len(names) or own == 0 or not _has_figure(passage.text, cells[own]):
        return span
    asked = _asked(question) - set(tokenize(passage.text[slice(*cells[0])]))
    named = [len(asked & set(tokenize(name))) for name in names]
    best = max(range(1, len(named)), key=named.__getitem__)
    if named[best] == 0 or named.count(named[best]) > 1 or best == own or not _has_figure(passage.text, cells[best]):
        return span
    start, end = trim(passage.text, *cells[best])
    return replace(span, start=offset + start, end=offset + end) if start < end else span


def _asked(question: str) -> set[str]:
    words = set(tokenize(question))
    for word, names in _ASKED_OTHERWISE.items():
        if re.search(rf"\b{word}\b", question, re.IGNORECASE):
            words |= names
    return words


def _cells(text: str, start: int, end: int) -> list[tuple[int, int]]:
    found = []
    for cell in _CELL.finditer(text, start, end):
        words = cell.group()
        if words.strip():
            found.append((cell.start() + len(words) - len(words.lstrip()), cell.start() + len(words.rstrip())))
    return found


def _has_figure(text: str, cell: tuple[int, int]) -> bool:
    return any(c.isdigit() for c in text[slice(*cell)])
