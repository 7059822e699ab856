"""From a span to a quote: the answer's whole sentences, and where in the article they are."""

from embeddings.text.paragraphs import BLANK_LINE
from embeddings.text.sentences import split_sentences


def widen(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the whole sentences of ``text`` that the span ``start:end`` touches.

    >>> widen("It rained. The fire was put out. All slept.", 15, 19)
    (11, 32)
    """
    touched = [(s, e) for s, e in split_sentences(text) if s < max(end, start + 1) and e > start]
    if not touched:
        return start, end
    return min(touched[0][0], start), max(touched[-1][1], end)


def place(text: str, start: int, page: int | None = None) -> str:
    """Say where an offset is in an article, in words: by page if the article has pages.

    >>> place("Title" + chr(10) * 2 + "One." + chr(10) * 2 + "Two.", 13)
    'paragraph 3 of 3'
    """
    if page is not None:
        return f"page {page}"
    breaks = [match.end() for match in BLANK_LINE.finditer(text.rstrip())]
    before = sum(1 for edge in breaks if edge <= start)
    if not breaks:
        return f"line {text.count(chr(10), 0, start) + 1} of {text.rstrip().count(chr(10)) + 1}"
    return f"paragraph {before + 1} of {len(breaks) + 1}"
