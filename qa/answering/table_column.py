"""The column of a table that a question asks for: the reader finds the row, and may point at another figure in it."""

import re

from embeddings.text.offsets import Offsets
from embeddings.text.words import tokenize
from qa.answer import Span

_CELL = re.compile(r"[^|\s](?:[^|\n]*[^|\s])?")
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


def fit_column(span: Span, question: str) -> Offsets:
    """Return the edges, in its passage, of a figure in a table's row: in the column whose heading the question names.

    Edges stay where it names none or several, and move from figure to figure only: "Which town has the most people?"
    names the column of the figures and asks for the town.
    """
    passage = span.passage
    text, offset = passage.text, passage.chunk.start
    edges = first, last = span.start - offset, span.end - offset
    table = passage.structure.table_at(span.start)
    if table is None or span.start < table.header_end:
        return edges
    row_end = text.find("\n", first)
    row = _CELL.finditer(text, text.rfind("\n", 0, first) + 1, len(text) if row_end < 0 else row_end)
    cells = [cell.span() for cell in row]
    names = _CELL.findall(table.header)
    own = next((n for n, (start, end) in enumerate(cells) if start <= first and last <= end), 0)
    if len(cells) != len(names) or own == 0 or not _has_figure(text, cells[own]):
        return edges
    asked = _asked(question) - set(tokenize(text[slice(*cells[0])]))
    named = [len(asked & set(tokenize(name))) for name in names]
    best = max(range(1, len(named)), key=named.__getitem__)
    is_named = named[best] > 0 and named.count(named[best]) == 1
    return cells[best] if is_named and _has_figure(text, cells[best]) else edges


def _asked(question: str) -> set[str]:
    words = set(tokenize(question))
    for word, names in _ASKED_OTHERWISE.items():
        if re.search(rf"\b{word}\b", question, re.IGNORECASE):
            words |= names
    return words


def _has_figure(text: str, cell: Offsets) -> bool:
    return any(c.isdigit() for c in text[slice(*cell)])
