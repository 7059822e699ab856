"""Windows: the stretches of a passage that a reader sees at once, beside the question.

A reader trained on a few sentences reads a few sentences: windows of whole sentences that share one. A reader trained
on whole passages reads them whole, and what is longer than the model in windows that share a stride of tokens.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embeddings.text.encodable import encodable
from embeddings.text.sentences import split_sentences

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

KINDS = ("passage", "sentence")
MAX_QUESTION_TOKENS = 64
"""A question longer than this loses its end; nobody reads such a question to its end either."""
STRIDE_TOKENS = 96
"""Tokens that neighbouring windows of a long passage share."""
SENTENCE_WINDOW_CHARACTERS = 420
"""Length of a window of whole sentences, about 100 tokens, as in training; a longer sentence stands alone."""
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Window:
    """What the model reads in one go: first token, question, separator, a stretch of the passage, separator."""

    ids: list[int]
    types: list[int]
    first: int
    """Position of the stretch's first token in ``ids``."""
    offsets: list[Span]
    """(start, end) of each token of the stretch, in code points of the passage."""
    words: list[int | None]
    """Number of the word each of these tokens belongs to: a span begins and ends with whole words."""


@dataclass(frozen=True, slots=True)
class Windows:
    """Cuts passages into windows for one model."""

    tokenizer: "Tokenizer"
    kind: str
    """One of ``KINDS``."""
    max_tokens: int
    """Tokens the model reads at once, special ones included."""
    special: Span
    """Ids of the first token and of the separator."""

    def cut(self, question: str, text: str) -> list[Window]:
        """Return the windows of a passage, in order; none where it has no token. Together they hold all its tokens."""
        asked = self.tokenizer.encode(encodable(question), add_special_tokens=False).ids[:MAX_QUESTION_TOKENS]
        content = self.tokenizer.encode(encodable(text), add_special_tokens=False)
        room = self.max_tokens - len(asked) - 3
        stretches = _by_sentence(text, content) if self.kind == "sentence" else [(0, len(content.ids))]
        return [
            self._window(asked, content, first, last)
            for stretch in stretches
            for first, last in strided(*stretch, room)
        ]

    def _window(self, asked: list[int], content: "Encoding", first: int, last: int) -> Window:
        start, separator = self.special
        ids = [start, *asked, separator, *content.ids[first:last], separator]
        types = [0] * (len(asked) + 2) + [1] * (last - first + 1)
        return Window(ids, types, len(asked) + 2, content.offsets[first:last], content.word_ids[first:last])


def strided(first: int, last: int, room: int) -> Iterator[Span]:
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


def sentence_windows(sentences: Sequence[Span], most: int = SENTENCE_WINDOW_CHARACTERS) -> list[Span]:
    """Return (start, end) of windows of whole sentences, at most ``most`` characters where more than one; each shares
    a sentence with the one before where that fits.

    >>> sentence_windows([(0, 10), (11, 20), (21, 30)], most=20)
    [(0, 20), (11, 30)]
    """  # fmt: skip
    windows: list[Span] = []
    begin = 0
    for n, (start, end) in enumerate(sentences):
        if n > begin and end - sentences[begin][0] > most:
            windows.append((sentences[begin][0], sentences[n - 1][1]))
            begin = n - 1 if n - 1 > begin and end - sentences[n - 1][0] <= most else n
        if n + 1 == len(sentences):
            windows.append((sentences[begin][0], max(start, end)))
    return windows


def _by_sentence(text: str, content: "Encoding") -> list[Span]:
    """Return the token range of each window of sentences."""
    starts, ends = [start for start, _ in content.offsets], [end for _, end in content.offsets]
    ranges = [
        (bisect_right(ends, start), bisect_left(starts, end)) for start, end in sentence_windows(split_sentences(text))
    ]
    return [(first, last) for first, last in ranges if first < last]
