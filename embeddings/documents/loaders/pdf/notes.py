"""Footnotes of a PDF page, put where they tear no paragraph: a sentence goes on over the page's end, not in a note."""

import re

from embeddings.documents.loaders.pdf.lines import Line

NOTE_SIZE = 0.93
"""Share of the text's type size that a note has at most."""
_MARK = re.compile(r"(?:\[?\d{1,3}[\].)]?|[*†‡§¶]{1,3})\s*\S")
_ENDED = re.compile(r"[.!?:…»”\"')\]]\s*$")


def notes_between_paragraphs(page: list[Line], body: float) -> list[Line]:
    """Move notes at a page's foot before the paragraph that they would tear, and from the page's head to its foot."""
    at = 0
    while at < len(page):
        end = _note_end(page, at, body)
        if end == at:
            at += 1
        elif all(_is_small(line, body) for line in page[:at]):
            page = [*page[:at], *page[end:], *page[at:end]]  # Programs may draw the foot of a page first.
            at = len(page)
        else:
            start = at if _ENDED.search(page[at - 1].text) else _paragraph_start(page, at, body)
            page = [*page[:start], *page[at:end], *page[start:at], *page[end:]]
            at = end
    return page


def _note_end(page: list[Line], at: int, body: float) -> int:
    """Return the end of the notes that begin at a line, that line itself where none do."""
    if not _is_small(page[at], body) or not _MARK.match(page[at].text) or not _is_lowest(page, page[at], body):
        return at
    end = at + 1
    while end < len(page) and _is_small(page[end], body) and page[end].base < page[end - 1].base:
        end += 1
    return end


def _is_small(line: Line, body: float) -> bool:
    return line.size <= NOTE_SIZE * body


def _is_lowest(page: list[Line], line: Line, body: float) -> bool:
    """Tell whether no line of the text stands below a line in its column."""
    return not any(
        other.base < line.base and not _is_small(other, body) and other.left < line.right and other.right > line.left
        for other in page
        if len(other.text) > len("Page 100 of 100")
    )


def _paragraph_start(page: list[Line], end: int, body: float) -> int:
    """Return where the paragraph begins that ends, unfinished, before a line."""
    start = end - 1
    while start > 0 and _is_above(page[start - 1], page[start]):
        start -= 1
    return start if start > 0 and not _is_small(page[start], body) else end


def _is_above(above: Line, line: Line) -> bool:
    """Tell whether a line is the one above in the same paragraph."""
    near = 0 < above.base - line.base < 1.5 * line.size and abs(above.size - line.size) < 0.2
    return near and not (line.left - above.left > 0.8 * line.size and _ENDED.search(above.text))
