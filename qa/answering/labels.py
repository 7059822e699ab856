"""Answers with a label: the name of a table's row, or the words before a colon ("Next meeting: 11 January").

The reader, which learnt from sentences, is seldom sure of them, even where the question names the label.
"""

import re
from collections.abc import Set

from embeddings.text.words import tokenize
from qa.answer import Span
from qa.answering.table_column import asked_words, cells_of

_LABEL = re.compile(r"(?:^|[.!?]\s)[\W_]*([^\W\d_][^:|.!?\n]{1,40}?)[\W_]*:[\W_]*$", re.MULTILINE)
SAME_START = 5
"""Characters in which words agree that are forms of one ("accurate", "accuracy")."""


def has_named_label(question: str, span: Span) -> bool:
    """Tell whether a question names the label of an answer: all its words, and in a table those of the column, too.

    A label that is in the title labels everything.
    """
    passage = span.passage
    text, start, end = passage.text, span.start - passage.chunk.start, span.end - passage.chunk.start
    asked = asked_words(question)
    if found := cells_of(span):
        cells, names, own = found
        is_column = len(cells) == 2 or _is_column_named(names[own], asked)
        return own > 0 and is_column and _is_named(text[slice(*cells[0])], asked)
    label = _LABEL.search(text, max(0, text.rfind("\n", 0, start)), start)
    return bool(label) and end > start and label[1] not in passage.title and _is_named(label[1], asked)


def _is_named(label: str, asked: Set[str]) -> bool:
    words = tokenize(label)
    return bool(words) and all(_is_among(word, asked) for word in words)


def _is_column_named(name: str, asked: Set[str]) -> bool:
    """Tell whether one of a column's words is named, and all its figures: "12 months" is not asked for by "a month"."""
    words = tokenize(name)
    figures = {word for word in words if any(sign.isdigit() for sign in word)}
    return figures <= asked and any(_is_among(word, asked) for word in words)


def _is_among(word: str, asked: Set[str]) -> bool:
    return word in asked or (len(word) >= SAME_START and any(one[:SAME_START] == word[:SAME_START] for one in asked))
