"""Headings and tables of plain text and Markdown, found in the text as it is.

Not a Markdown parser: it marks the lines that are headings and the lines that are rows of a table, and leaves the text
alone. What is inside a code fence is neither.
"""

import re
from collections.abc import Iterator

from embeddings.documents.structure import Heading, Table

MAX_PLAIN_HEADING_WORDS = 9
"""A longer line of its own in plain text is a sentence that lost its stop."""
MIN_PROSE_CHARACTERS = 50
"""A heading in plain text leads to a line of prose, not to another short line."""
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*?)[ \t]*#*[ \t]*$")
_SETEXT = re.compile(r" {0,3}(?:(=+)|(-+))[ \t]*$")
_ROW = re.compile(r"[ \t]*\|.*\|[ \t]*$|[ \t]*[^|\n]+(?:\|[^|\n]*)+$")
_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_MARKUP = re.compile(r"[*_`]+|\[([^\]\n]*)\]\([^)\n]*\)")
_LIST_ITEM = re.compile(r"[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]")

Line = tuple[int, int]
"""Start and end of a line, its break left out."""


def find_outline(text: str, start: int = 0) -> tuple[tuple[Heading, ...], tuple[Table, ...]]:
    """Return the headings and the tables of ``text[start:]``."""
    lines = list(_open_lines(text, start))
    tables = tuple(_tables(text, lines))
    inside = {place for table in tables for place in range(table.start, table.end)} if tables else set()
    return tuple(one for one in _headings(text, lines) if one.start not in inside), tables


def _open_lines(text: str, start: int) -> Iterator[Line]:
    """Yield the lines outside code fences."""
    fence = None
    while start <= len(text):
        stop = text.find("\n", start)
        stop = len(text) if stop < 0 else stop
        line = text[start:stop]
        mark = _FENCE.match(line)
        if fence is None and mark:
            fence = mark[1]
        elif fence is not None:
            if mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = None
        else:
            yield start, start + len(line.rstrip("\r"))
        start = stop + 1


def without_fences(text: str) -> str:
    """Return a text's lines without its code fences: a comment in code is no heading."""
    return "\n".join(text[start:end] for start, end in _open_lines(text, 0))


def _headings(text: str, lines: list[Line]) -> Iterator[Heading]:
    blank = [not text[start:end].strip() for start, end in lines]
    for number, (start, end) in enumerate(lines):
        line = text[start:end]
        if atx := _ATX.match(line):
            yield Heading(start, end, len(atx[1]), _bare(atx[2]))
            continue
        if blank[number] or (number and not blank[number - 1]):
            continue
        under = text[slice(*lines[number + 1])] if number + 1 < len(lines) else ""
        if under and (setext := _SETEXT.match(under)) and not _LIST_ITEM.match(line):
            yield Heading(start, end, 1 if setext[1] else 2, _bare(line))
        elif number + 2 < len(lines) and blank[number + 1] and _is_plain_heading(line):
            behind = next((text[slice(*lines[at])] for at in range(number + 2, len(lines)) if not blank[at]), "")
            if len(behind) > max(len(line), MIN_PROSE_CHARACTERS):
                yield Heading(start, end, 2, _bare(line))


def _is_plain_heading(line: str) -> bool:
    """Tell whether a line between blank lines reads as a heading: short, begun with a capital, without a stop."""
    line = line.strip()
    words = line.split()
    return (
        0 < len(words) <= MAX_PLAIN_HEADING_WORDS
        and (line[0].isupper() or line[0].isdigit())
        and line[-1].isalnum()
        and not _LIST_ITEM.match(line)
        and "|" not in line
    )


def _bare(text: str) -> str:
    return " ".join(_MARKUP.sub(lambda match: match[1] or "", text).split())


def _tables(text: str, lines: list[Line]) -> Iterator[Table]:
    """Yield runs of rows in Markdown's pipe form: a header row, a rule below it, rows."""
    number = 1
    while number < len(lines):
        head, rule = (text[slice(*lines[number - 1])], text[slice(*lines[number])])
        if "|" in head and "-" in rule and "|" in rule and _RULE.match(rule) and _ROW.match(head):
            last = number
            while last + 1 < len(lines) and _ROW.match(text[slice(*lines[last + 1])]):
                last += 1
            cells = [_bare(cell) for cell in head.strip().strip("|").split("|")]
            yield Table(lines[number - 1][0], lines[last][1], lines[number][1], " | ".join(cells))
            number = last + 1
        number += 1
