"""Windows: what a reader sees at once: the question, where the passage comes from, and the passage.

A passage longer than the model takes is read in windows that share a stride of tokens.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embeddings.text.offsets import Offsets
from embeddings.text.words import encodable
from qa.reading.span_bounds import groups_of, units_of

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MAX_QUESTION_TOKENS = 64
"""The rest of a longer question is cut off."""
MAX_CONTEXT_TOKENS = 32
"""The context line, which says where a passage comes from, is cut to this, as in training."""
STRIDE_TOKENS = 96
"""Tokens that neighbouring windows of a long passage share."""


@dataclass(frozen=True, slots=True)
class Window:
    """What the model reads in one go: first token, question, separator, context and separator where there is one, a
    stretch of the passage, separator.
    """

    ids: list[int]
    types: list[int]
    first: int
    """Position of the stretch's first token in ``ids``."""
    offsets: list[Offsets]
    """(start, end) of each token of the stretch, in code points of the passage."""
    units: list[int]
    """What each of these tokens is a part of: a span begins and ends with whole units."""
    groups: list[int]
    """The sentence or list of each token: no span crosses its edges."""


@dataclass(frozen=True, slots=True)
class Windows:
    """Cuts passages into windows for one model."""

    tokenizer: "Tokenizer"
    max_tokens: int
    """Tokens the model reads at once, special ones included."""
    special: tuple[int, int]
    """Ids of the first token and of the separator."""

    def cut(self, question: str, context: str, text: str) -> list[Window]:
        """Return the windows of a passage, in order; none where it has no token. Together they hold all its tokens.

        ``context`` says where the passage comes from; empty where that is unknown or the model was not taught it.
        """
        start, separator = self.special
        asked = self._ids(question)[:MAX_QUESTION_TOKENS]
        context_ids = self._ids(context)[:MAX_CONTEXT_TOKENS]
        before = [start, *asked, separator, *context_ids, *([separator] if context_ids else [])]
        types = [0] * (len(asked) + 2)
        content = self.tokenizer.encode(encodable(text), add_special_tokens=False)
        units, groups = units_of(text, content.offsets, content.word_ids), groups_of(text, content.offsets)
        windows = []
        for first, last in strided(0, len(content.ids), self.max_tokens - len(before) - 1):
            ids = [*before, *content.ids[first:last], separator]
            kinds = types + [1] * (len(ids) - len(types))
            here = slice(first, last)
            windows.append(Window(ids, kinds, len(before), content.offsets[here], units[here], groups[here]))
        return windows

    def _ids(self, text: str) -> list[int]:
        return self.tokenizer.encode(encodable(text), add_special_tokens=False).ids


def strided(first: int, last: int, room: int) -> Iterator[Offsets]:
    """Cut the tokens from ``first`` up to ``last`` into ranges of at most ``room`` that share a stride.

    >>> list(strided(0, 10, 6))
    [(0, 6), (3, 9), (6, 10)]
    """
    stride = min(STRIDE_TOKENS, room // 2)
    while first < last:
        yield first, min(first + room, last)
        if first + room >= last:
            return
        first += room - stride
