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
    text = span.passage.text
    edges = span.start - span.passage.chunk.start, span.end - span.passage.chunk.start
    if not (found := cells_of(span)):
        return edges
    cells, names, own = found
    if own == 0 or not _has_figure(text, cells[own]):
        return edges
    asked = asked_words(question) - set(tokenize(text[slice(*cells[0])]))
    named = [len(asked & set(tokenize(name))) for name in names]
    best = max(range(1, len(named)), key=named.__getitem__)
    is_named = named[best] > 0 and named.count(named[best]) == 1
    return cells[best] if is_named and _has_figure(text, cells[best]) else edges


def cells_of(span: Span) -> tuple[list[Offsets], list[str], int] | None:
    """Return the cells of a span's row in a table, in the passage, the columns' names, and which cell holds the span.

    None where it stands in no row below a table's header, or the row has not a cell for each column.
    """
    passage = span.passage
    text, first, last = passage.text, span.start - passage.chunk.start, span.end - passage.chunk.start
    table = passage.structure.table_at(span.start)
    if table is None or span.start < table.header_end:
        return None
    row_end = text.find("\n", first)
    row = _CELL.finditer(text, text.rfind("\n", 0, first) + 1, len(text) if row_end < 0 else row_end)
    cells = [cell.span() for cell in row]
    names = [name.strip() for name in table.header.split("|")]
    own = next((n for n, (start, end) in enumerate(cells) if start <= first and last <= end), 0)
    return (cells, names, own) if len(cells) == len(names) else None


def asked_words(question: str) -> set[str]:
    """Return the words of a question, and those that name a column it asks for."""
    words = set(tokenize(question))
    for word, names in _ASKED_OTHERWISE.items():
        if re.search(rf"\b{word}\b", question, re.IGNORECASE):
            words |= names
    return words


def _has_figure(text: str, cell: Offsets) -> bool:
    return any(c.isdigit() for c in text[slice(*cell)])
