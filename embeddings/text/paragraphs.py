"""Paragraphs and the lines in them that no sentence crosses.

A blank line always ends a paragraph. A single line break is either an author's (a heading, a list, one paragraph a
line) or a wrapper's, which put it where the next word no longer fitted; only the author's counts.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from embeddings.text.offsets import Offsets

MIN_WRAP_WIDTH = 45
"""Characters. Nobody wraps prose narrower: a narrower block is a list, a poem or an address, its lines deliberate."""
MAX_WRAP_WIDTH = 200
"""Characters. Nobody wraps wider: a longer line is a whole paragraph, and its line break deliberate."""
SHORT_LINE = 0.7
"""A line that, with the next line's first word, fills less than this share of the block's widest line was not ended
by a wrapper. Extracted PDF lines of one width differ by a fifth or so, since letters do."""
MIN_LINE = 3
"""Characters. What is shorter is no line of its own but a symbol of a broken-up formula."""
MAX_HEADING = 100
"""Characters. A longer line without a full stop is prose that lost it."""

BLANK_LINE = re.compile(r"\n[ \t\r]*\n\s*")
"""What ends a paragraph."""

_LINE = re.compile("[^\n\r\x85\u2028\u2029]+")
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028]")
ITEM_SIGNS = "-*+•◦▪‣●○■□–—·"
"""Signs before the items of a list, for a class of a regular expression."""
_MARKER = re.compile(
    rf"(?:[{ITEM_SIGNS}>]|\#{{1,6}}|\(?[0-9]{{1,2}}[.)]|\(?[a-zA-Z]\)|[a-h]\.(?=[ \t]+[A-Z])"
    r"|\(?[ivxIVX]{1,5}\)|\[[ xX]\])(?=\s|$)|[|>•●▪]"
)
CELLS = " | "
"""What stands between the cells of a table's row; a row is a line of its own."""
_RULE = re.compile(r"[-=_*~#+|: ]{3,}")
_OPENING_MARKS = re.compile(r"[\"'“‘«(\[]{0,3}+")
_WORD = re.compile(r"\S+")


def split_paragraphs(text: str, start: int = 0) -> list[list[Offsets]]:
    """Return the paragraphs of ``text[start:]``, each as the spans of its deliberate lines.

    The spans are trimmed of white space, in order, and hold every other character. Linear in the text's length.

    >>> split_paragraphs("Title" + chr(10) * 2 + "One." + chr(10) + "- two")
    [[(0, 5)], [(7, 11), (12, 17)]]
    """
    paragraphs: list[list[Offsets]] = []
    block: list[Offsets] = []
    for *line, after_blank in _lines(text, start):
        if after_blank and block:
            paragraphs.append(_unwrap(text, block))
            block = []
        block.append((line[0], line[1]))
    if block:
        paragraphs.append(_unwrap(text, block))
    return paragraphs


def is_heading(text: str) -> bool:
    """Tell whether a line of its own leads to what follows: a Markdown heading, or short without a closing stop.

    >>> is_heading("Early life"), is_heading("He was born."), is_heading("- an item")
    (True, False, False)
    """
    if text.startswith("#"):
        return True
    return len(text) <= MAX_HEADING and not _MARKER.match(text) and (text[-1:].isalnum() or text[-1:] in ":)")


def _lines(text: str, start: int) -> Iterator[tuple[int, int, bool]]:
    """Yield (start, end, whether a blank line comes before) of each line that is not blank, trimmed."""
    end_before = start
    for match in _LINE.finditer(text, start):
        line = match.group()
        body = line.strip()
        if not body:
            continue
        start = match.start() + len(line) - len(line.lstrip())
        gap = text[end_before:start]
        yield start, start + len(body), "\u2029" in gap or len(_LINE_BREAK.findall(gap)) > 1
        end_before = start + len(body)


def _unwrap(text: str, block: list[Offsets]) -> list[Offsets]:
    """Join the lines of a block that were only wrapped."""
    width = max(end - start for start, end in block)
    joined = [block[0]]
    for (start, end), (next_start, next_end) in pairwise(block):
        if _is_deliberate(text, start, end, next_start, next_end, width):
            joined.append((next_start, next_end))
        else:
            joined[-1] = (joined[-1][0], next_end)
    return joined


def _is_deliberate(text: str, start: int, end: int, next_start: int, next_end: int, width: int) -> bool:
    """Tell whether the author broke the line ``start:end`` before ``next_start:next_end``."""
    if _RULE.fullmatch(text, start, end) or _RULE.fullmatch(text, next_start, next_end) or text.startswith("#", start):
        return True
    if _MARKER.match(text, next_start, next_end):
        return True
    if CELLS in text[start:end] and CELLS in text[next_start:next_end]:
        return True
    first_sign = _OPENING_MARKS.match(text, next_start, next_end - 1).end()
    if text[first_sign].islower() or text[end - 1] in ",-‐‑\u00ad":
        return False
    if min(end - start, next_end - next_start) < MIN_LINE:
        return False
    if width < MIN_WRAP_WIDTH or end - start > MAX_WRAP_WIDTH:
        return True
    first_word = _WORD.match(text, next_start, next_end)
    return end - start + 1 + first_word.end() - next_start < SHORT_LINE * width
