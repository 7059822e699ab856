"""The lines of PDF pages put together again as paragraphs, by where they stand on the page.

A PDF knows no paragraphs, only glyphs at places. A wider gap or another type size parts paragraphs; a line that fills
its column goes on in the next; what repeats in the margins of most pages is no part of the text.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

GAP = 1.3
"""Times the usual line distance of its page: a wider gap parts paragraphs."""
SIZE_CHANGE = 1.12
"""Ratio of type sizes from which a line is a heading or what follows one."""
MARGIN = 0.1
"""Share of a page's height, at top and bottom, where running heads and page numbers stand."""
MIN_PAGES = 3
"""Fewer pages do not show what repeats."""
MIN_WRAP_CHARACTERS = 45
"""A narrower block may be a list, a poem or a table; its lines are joined only where one plainly goes on."""
_VISUAL_LINE = re.compile("[^\r\n\ufffe]+")
_HYPHENATED = re.compile(r"\w+-\w+")
_WORD = re.compile(r"\S+")
_UNSPACED = re.compile("[\u2e80-\u9fff\uf900-\uffef]")
"""Chinese and Japanese put no space between words, so none belongs where a line of theirs ended."""
_STOP = re.compile(r"[.!?:;…»”\"')\]]\s*$")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page as it is seen: its text and its place, in points from the page's lower left corner."""

    text: str
    bottom: float
    right: float
    height: float
    first_word: float
    """Width of its first word."""
    hyphen: bool
    """Whether it ends in a hyphen that breaks a word."""
    margin: bool
    """Whether it stands where running heads do."""


def read_lines(textpage, page_height: float) -> list[Line]:
    """Return the lines of a pypdfium2 text page, in reading order."""
    text = textpage.get_text_range()
    # Signs beyond the basic plane count twice for PDFium; the places of what follows them would be those of others.
    placed = len(text) == textpage.count_chars()
    lines = []
    for match in _VISUAL_LINE.finditer(text):
        words = [word for word in _WORD.finditer(text, *match.span()) if word[0].strip("\u00ad")]
        if not words:
            continue
        hyphen = text.startswith("\ufffe", match.end()) or match[0].rstrip().endswith("\u00ad")
        start, end, first = words[0].start(), words[-1].end(), words[0].end()
        boxes = [textpage.get_charbox(at, loose=True) for at in (start, first - 1, end - 1)] if placed else None
        (left, bottom, _, top), (_, _, first_right, _), (_, _, right, _) = boxes or [(0.0,) * 4] * 3
        margin = placed and not MARGIN * page_height < bottom < (1 - MARGIN) * page_height
        lines.append(
            Line(text[start:end].strip("\u00ad"), bottom, right, top - bottom, first_right - left, hyphen, margin)
        )
    return lines


def join_pages(pages: list[list[Line]]) -> str:
    """Return the text of pages: blank lines between paragraphs, words broken at a line's end whole again."""
    pages = _without_running_heads(pages)
    compounds = {word for page in pages for line in page for word in _HYPHENATED.findall(line.text)}
    parts: list[str] = []
    before: Line | None = None
    for page in pages:
        for line, joint in zip(page, _joints(page), strict=True):
            if before is not None:
                parts.append(_seam(before, line, joint, compounds))
            parts.append(line.text)
            before = line
    return "".join(parts)


def _without_running_heads(pages: list[list[Line]]) -> list[list[Line]]:
    if len(pages) < MIN_PAGES:
        return pages
    seen = Counter(key for page in pages for key in {_shape(line) for line in page if line.margin})
    return [[line for line in page if not line.margin or seen[_shape(line)] * 2 <= len(pages)] for page in pages]


def _shape(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text)


def _joints(page: list[Line]) -> Iterator[str]:
    """Yield, for each line, what parts it from the line before: "" for a column's first, of which no gap tells."""
    distances = [gap for above, line in pairwise(page) if (gap := above.bottom - line.bottom) > 0.3 * line.height]
    usual = median(distances) if distances else 0.0
    for block in _columns(page):
        yield ""
        edge = max(line.right for line in block)
        narrow = max(len(line.text) for line in block) < MIN_WRAP_CHARACTERS
        for above, line in pairwise(block):
            apart = above.bottom - line.bottom > GAP * max(usual, line.height * 0.8) or _other_size(above, line)
            full = above.right + line.first_word * 1.05 > edge and edge > 0
            yield "\n\n" if apart else " " if full and (not narrow or _goes_on(above, line)) else "\n"


def _columns(page: list[Line]) -> Iterator[list[Line]]:
    """Yield the runs of lines in which each stands below the one before."""
    start = 0
    for at, (above, line) in enumerate(pairwise(page), start=1):
        if line.bottom > above.bottom + line.height:
            yield page[start:at]
            start = at
    if page:
        yield page[start:]


def _other_size(above: Line, line: Line) -> bool:
    sizes = sorted((above.height, line.height))
    return sizes[1] > SIZE_CHANGE * sizes[0] and not above.hyphen


def _goes_on(above: Line, line: Line) -> bool:
    return line.text[0].islower() or above.text[-1] == ","


def _seam(above: Line, line: Line, joint: str, compounds: set[str]) -> str:
    if above.hyphen:
        word, rest = _WORD.findall(above.text)[-1], _WORD.match(line.text)[0]
        kept = word.isupper() or not rest[0].islower() or f"{word}-{rest}".strip(".,;:!?()") in compounds
        return "-" if kept else ""
    if joint == " " and _UNSPACED.match(above.text[-1]) and _UNSPACED.match(line.text[0]):
        return ""
    if joint:
        return joint
    # A new column or page: a sentence that is not over goes on there.
    return " " if line.text[0].islower() and not _STOP.search(above.text) else "\n\n"
