"""The lines of PDF pages put together again as paragraphs, headings and tables, by their position on the page.

A PDF knows no paragraphs, only glyphs at places. A wider gap than the lines around it have ends a paragraph, and so
does another type size; a line that fills its column continues in the next, over a page or a column too; what repeats at
the edges of pages is no part of the text; rows of cells below each other are a table.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from embeddings.documents.loaders.pdf.lines import MARK_SIZE, Line
from embeddings.documents.loaders.pdf.notes import notes_between_paragraphs
from embeddings.documents.loaders.pdf.tables import find_tables, whole_tables
from embeddings.documents.structure import Heading, Structure, Table, join_cells

GAP = 1.28
"""Times the distance of the lines around it: a wider one ends a paragraph."""
WIDE_GAP = 1.75
"""Type sizes. A line that does not fill its column and is so far above the next one ends a paragraph."""
SIZE_CHANGE = 1.12
"""Ratio of type sizes from which a line is a heading or what follows one."""
EDGE_LINES = 3
"""So many lines at the top and at the bottom of a page may be running heads or feet."""
EDGE_SHARE = 0.14
"""And they are within this share of the page's height."""
REPEATED_SHARE = 0.34
"""What repeats on more of the pages, or of every second page, is a running head. On fewer it may be a heading."""
MIN_PAGES = 3
"""Fewer pages do not show what repeats."""
MIN_WRAP_CHARACTERS = 45
"""A narrower block may be a list, a poem or a table; its lines are joined only where one clearly continues."""
SIDEWAYS = 5_000
"""Points between baselines: no page is so high, so one of the two lines is set sideways."""
NEARLY_FULL = 0.8
"""Share of its column that a line fills if its sentence continues in the next: the next word was too long."""
MAX_HEADING_CHARACTERS = 150
MIN_PROSE_LINES = 3
SPACE = 0.25
"""Type sizes, of a space between words."""
MIN_PROSE_WORDS = 4
"""Words a line: with fewer a narrow block is code or a list."""
FULL_SHARE = 0.7
WRAPPED_SHARE = 0.3
"""However narrow, so many lines are prose where these shares of them are full and begin with a small letter."""
INITIAL = 1.8
"""Times the type size of its line that a large initial has."""
STANDS_IN = 0.25
"""Share of its column that a line leaves empty on its left if it is set to the right."""
_HYPHENATED = re.compile(r"\w+-\w+")
_WORD = re.compile(r"\S+")
_LETTERS = re.compile(r"[^\W\d_]+")
_UNSPACED = re.compile("[\u2e80-\u9fff\uf900-\uffef]")
"""Chinese and Japanese put no space between words, so none belongs where a line of theirs ended."""
_STOP = re.compile(r"[.!?:;…»”\"')\]]\s*$")
_PAGE_NUMBER = re.compile(r"\W*(?:page |p\. ?|seite )?(\d{1,4}|[ivxlc]{1,6})(?: ?(?:of|/|von) ?\d{1,4})?\W*", re.I)
_CLAUSE = re.compile(r"(?:\(?\d{1,2}(?:\.\d{1,2}){0,3}[.)]|\d{1,2}(?:\.\d{1,2}){1,3}|\(?[a-z]\)|[•▪‣●–-])\s+\S")
"""What begins with a number or sign of its own: a clause, an item."""
_LEADER = re.compile(r"(?:\.[ .]*){4,}|_{4,}|…{2,}")
"""Dots that lead from an entry to its price or page."""
_KEPT_PREFIXES = frozenset({
    "self", "non", "ex", "e", "all", "well", "ill", "co", "anti", "mid", "semi", "cross", "half", "high", "low", "long",
    "short", "left", "right", "so", "far", "near", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    "ten", "first", "second", "third", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
})  # fmt: skip
"""Words that English joins to the next by a hyphen."""

IsWord = Callable[[str], bool]
"""Tells whether the language has a word, in lower case."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The text of all pages and how it is built."""

    text: str
    structure: Structure


def lay_out(pages: list[list[Line]], is_word: IsWord) -> Layout:
    """Join the lines of pages: blank lines between paragraphs, words broken at a line's end whole again."""
    pages = _without_running_heads(pages)
    body = _body_size(pages)
    pages = [whole_tables(notes_between_paragraphs(_with_initials(page), body)) for page in pages]
    words = _Words(pages, is_word)
    writer = _Writer(words)
    for number, page in enumerate(pages):
        writer.begin_page()
        tables = find_tables(page)
        for at, (line, joint) in enumerate(zip(page, _joints(page), strict=True)):
            writer.add(line, joint, heading=_is_heading(line, body), row=tables.get(at))
        writer.end_page(number)
    return writer.layout(body)


class _Words:
    """The words of the document, which show whether a hyphen at a line's end belongs to its word."""

    def __init__(self, pages: list[list[Line]], is_word: IsWord) -> None:
        texts = [line.text for page in pages for line in page]
        self.compounds = {word.lower() for text in texts for word in _HYPHENATED.findall(text)}
        self.plain = {word.lower() for text in texts for word in _LETTERS.findall(text)}
        self.is_word = is_word

    def keeps_hyphen(self, above: str, below: str) -> bool:
        """Tell whether ``above-below`` is written with its hyphen."""
        left = re.split(r"[^\w-]", above)[-1]
        right = re.match(r"[\w-]*", below)[0]
        whole, joined = f"{left}-{right}".lower(), (left + right).lower()
        if not left or not right or whole in self.compounds:
            return True
        if left[-1].isdigit() or right[0].isdigit() or (len(left) == 1 and left.isupper()):
            return True
        if left.lower() == "re" and right[0].lower() == "e":
            return True
        if joined in self.plain or self.is_word(joined):
            return False
        if right[0].isupper() and not left.isupper():
            return True
        last = left.lower().rsplit("-", 1)[-1]
        if last in _KEPT_PREFIXES:
            return True
        return len(left) > 2 and len(right) > 2 and self.is_word(last) and self.is_word(right.lower())


class _Writer:
    """Collects text and notes where pages, headings and tables begin and end in it."""

    def __init__(self, words: _Words) -> None:
        self.words = words
        self.parts: list[str] = []
        self.length = 0
        self.before: Line | None = None
        self.pages: list[int] = []
        self.headings: list[tuple[int, int, float, str]] = []
        self.tables: list[list] = []
        self.row: int | None = None
        self.was_heading = False

    def begin_page(self) -> None:
        self.page_start: int | None = None

    def end_page(self, number: int) -> None:
        self.pages.append(self.length if self.page_start is None else self.page_start)

    def add(self, line: Line, joint: str, *, heading: bool, row: int | None) -> None:
        """Add a line; ``row`` numbers the table on its page that it is a row of."""
        seam = self._seam(line, joint, heading=heading, row=row) if self.before else ""
        self._write(seam)
        start = self.length
        self.page_start = start if self.page_start is None else self.page_start
        self._write(join_cells(line.cells) if row is not None else line.text)
        if row is not None:
            self._note_row(start, row)
        if heading and self.was_heading and seam == " " and self.headings:
            first, _, size, text = self.headings[-1]
            self.headings[-1] = (first, self.length, size, f"{text} {line.text}")
        elif heading and row is None:
            self.headings.append((start, self.length, line.size, line.text))
        self.before, self.row, self.was_heading = line, row, heading

    def _write(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def _note_row(self, start: int, row: int) -> None:
        if self.row is None or self.row != row:
            self.tables.append([start, self.length, self.length])
        else:
            self.tables[-1][1] = self.length

    def _seam(self, line: Line, joint: str, *, heading: bool, row: int | None) -> str:
        above = self.before
        if row is not None or self.row is not None:
            return "\n" if row == self.row else "\n\n"
        if heading != self.was_heading:
            return "\n\n"
        if heading and joint:
            return " " if abs(above.size - line.size) < 0.2 and joint != "\n\n" else "\n\n"
        broken = above.hyphen or (above.text.endswith("-") and line.text[:1].isalnum() and joint != "\n\n")
        if broken:
            left = above.text.rstrip("-")
            if above.text.endswith("-"):
                self._drop_hyphen()
            return "-" if self.words.keeps_hyphen(left, line.text) else ""
        if joint == " " and _UNSPACED.match(above.text[-1]) and _UNSPACED.match(line.text[0]):
            return ""
        if joint:
            return joint
        if _is_entry(above, line):
            return "\n"
        if abs(above.base - line.base) > SIDEWAYS:
            return "\n\n"
        # A new column or page: an unfinished sentence continues there.
        ended = _STOP.search(above.text) or abs(above.size - line.size) > 0.2 or len(above.text) < MIN_WRAP_CHARACTERS
        return " " if (line.text[0].islower() and not _STOP.search(above.text)) or not ended else "\n\n"

    def _drop_hyphen(self) -> None:
        for at in range(len(self.parts) - 1, -1, -1):
            if self.parts[at]:
                self.parts[at] = self.parts[at][:-1]
                self.length -= 1
                return

    def layout(self, body: float) -> Layout:
        text = "".join(self.parts)
        sizes = sorted({round(size, 1) for _, _, size, _ in self.headings}, reverse=True)
        headings = tuple(
            Heading(start, end, min(6, sizes.index(round(size, 1)) + 1), heading)
            for start, end, size, heading in self.headings
        )
        tables = tuple(Table(start, end, head, text[start:head]) for start, end, head in self.tables)
        return Layout(text, Structure(pages=tuple(self.pages), headings=headings, tables=tables))


def _with_initials(page: list[Line]) -> list[Line]:
    """Join a large initial that stands alone to the line that it begins."""
    joined: list[Line] = []
    for line in page:
        above = joined[-1] if joined else None
        if above and len(above.text) == 1 and above.text.isupper() and above.size > INITIAL * line.size:
            line.words[0].text = above.text + line.words[0].text
            line.set_cells(line.cell_lefts)
            joined.pop()
        joined.append(line)
    return joined


def _body_size(pages: list[list[Line]]) -> float:
    weights: Counter = Counter()
    for page in pages:
        for line in page:
            weights[round(line.size, 1)] += len(line.text)
    return max(weights, key=weights.get) if weights else 0.0


def _is_heading(line: Line, body: float) -> bool:
    short = len(line.text) <= MAX_HEADING_CHARACTERS and len(line.cells) == 1
    return short and line.size > SIZE_CHANGE * body and any(character.isalpha() for character in line.text)


def _without_running_heads(pages: list[list[Line]]) -> list[list[Line]]:
    """Leave out what repeats at the edges of most pages, or of most left or right ones, and page numbers."""
    edges = [_edge_lines(page) for page in pages]
    if len(pages) >= 2:
        numbers = [at for at, page in enumerate(pages) for line in edges[at] if _PAGE_NUMBER.fullmatch(line.text)]
        numbered = len(set(numbers)) * 2 > len(pages)
    else:
        numbered = False
    seen: dict[str, set[int]] = defaultdict(set)
    for at, lines in enumerate(edges):
        for line in lines:
            seen[_shape(line)].add(at)
    repeated = {shape for shape, where in seen.items() if len(pages) >= MIN_PAGES and _repeats(where, len(pages))}

    def is_text(at: int, line: Line) -> bool:
        if not any(line is edge for edge in edges[at]):
            return True
        return _shape(line) not in repeated and not (numbered and _PAGE_NUMBER.fullmatch(line.text))

    return [[line for line in page if is_text(at, line)] for at, page in enumerate(pages)]


def _edge_lines(page: list[Line]) -> list[Line]:
    """Return the lines set apart at the top and at the bottom of a page."""
    order = sorted(page, key=lambda line: -line.base)
    gaps = [above.base - line.base for above, line in pairwise(order)]
    usual = median(gaps) if gaps else 0.0
    return [
        *_standing_apart(order, gaps, usual, lambda line: line.base > (1 - EDGE_SHARE) * line.page_height),
        *_standing_apart(order[::-1], gaps[::-1], usual, lambda line: line.base < EDGE_SHARE * line.page_height),
    ]


def _standing_apart(lines: list[Line], gaps: list[float], usual: float, at_edge: Callable[[Line], bool]) -> list[Line]:
    """Return the outermost lines up to the last of them that a wide gap separates from the text."""
    last = 0
    for number, (line, gap) in enumerate(zip(lines[:EDGE_LINES], gaps, strict=False), start=1):
        if at_edge(line) and (gap > GAP * min(usual, 1.5 * line.size) or _PAGE_NUMBER.fullmatch(line.text)):
            last = number
    return lines[:last]


def _repeats(where: set[int], pages: int) -> bool:
    if len(where) > max(2, REPEATED_SHARE * pages):
        return True
    for parity in (0, 1):
        side = [at for at in where if at % 2 == parity]
        if len(side) == len(where) and len(side) >= 2 and len(side) * 2 > (pages + 1 - parity) // 2:
            return True
    return False


def _shape(line: Line) -> str:
    return re.sub(r"\d+|\b[ivxlc]+\b", "#", line.text.lower())


def _joints(page: list[Line]) -> Iterator[str]:
    """Yield what separates each line from the line before: "" for a column's first, which has no gap."""
    for block in _columns(page):
        yield ""
        gaps = [above.base - line.base for above, line in pairwise(block)]
        measures = _measures(block, gaps)
        for at, (above, line) in enumerate(pairwise(block)):
            measure = measures[at]
            full = measure.is_full(above, line)
            full = full or (not _STOP.search(above.text) and above.right - measure.left > NEARLY_FULL * measure.width)
            if above.filled_in or line.filled_in:
                yield "\n\n"  # What is filled in ends where its field does.
            elif _is_apart(gaps, at, above, line, full=full) or _is_indented(above, line, measure.left, full=full):
                yield "\n\n"
            elif _is_entry(above, line) or measure.is_set_right(above, line):
                yield "\n"
            else:
                yield " " if full and (not measure.narrow or _goes_on(above, line)) else "\n"


def _measures(block: list[Line], gaps: list[float]) -> "list[_Measure]":
    """Return the column that each line of a block is set in: its paragraph's own, else that of its type size.

    A column may stand below a line that runs over the whole page, and a note in small type below a column.
    """
    shared = {kind: _Measure(list(lines)) for kind, lines in _by_size(block).items()}
    measures: list[_Measure] = []
    start = 0
    for at, line in enumerate(block):
        last = at + 1 == len(block)
        if last or _kind(line) != _kind(block[at + 1]) or _is_wide(gaps, at, block[at + 1]):
            run = block[start : at + 1]
            measures += [_Measure(run) if _is_wrapped(run) else shared[_kind(line)]] * len(run)
            start = at + 1
    return measures


class _Measure:
    """The column that the lines of one type size fill: a note below it may be set wider."""

    def __init__(self, lines: list[Line]) -> None:
        self.left, self.right = min(line.left for line in lines), max(line.right for line in lines)
        self.width = self.right - self.left
        self.narrow = max(len(line.text) for line in lines) < MIN_WRAP_CHARACTERS and not _is_wrapped(lines)

    def is_full(self, above: Line, line: Line) -> bool:
        """Tell whether the next line's first word would not have fitted."""
        return above.right + _first_width(line) * 1.05 > self.right

    def is_set_right(self, above: Line, line: Line) -> bool:
        """Tell whether two lines end at one place and begin at two, away from the column's edge."""
        apart = abs(above.left - line.left) > 0.5 * line.size
        return (
            apart and min(above.left, line.left) - self.left > STANDS_IN * self.width and above.right > line.right - 2
        )


def _is_wrapped(lines: list[Line]) -> bool:
    """Tell whether lines are a paragraph that fills its column: to its edge, or until the next word has no room."""
    if len(lines) < MIN_PROSE_LINES:
        return False
    right = max(line.right for line in lines)
    small = sum(line.text[0].islower() for line in lines[1:])
    full = sum(right - line.right < line.size / 2 for line in lines[:-1])
    if full > FULL_SHARE * len(lines[:-1]) and small >= WRAPPED_SHARE * len(lines):
        return True
    on = [(above, line) for above, line in pairwise(lines) if not _STOP.search(above.text)]
    no_room = sum(above.right + SPACE * line.size + _first_width(line) > right for above, line in on)
    words = sum(len(line.words) for line in lines)
    return (
        no_room == len(on) >= FULL_SHARE * len(lines[1:])
        and small >= len(lines[1:]) / 2
        and words >= MIN_PROSE_WORDS * len(lines)
    )


def _by_size(block: list[Line]) -> dict[int, list[Line]]:
    kinds: dict[int, list[Line]] = defaultdict(list)
    for line in block:
        kinds[_kind(line)].append(line)
    return kinds


def _kind(line: Line) -> int:
    """Return a line's type size in half points."""
    return round(2 * line.size)


def _is_entry(above: Line, line: Line) -> bool:
    """Tell whether a line is a clause or an item of its own, or the one above an entry with its price."""
    if leader := _LEADER.search(above.text):
        return leader.end() < len(above.text)
    marked = line.words[0].size < MARK_SIZE * line.size and line.words[0].text.isdigit()
    return bool((marked or _CLAUSE.match(line.text)) and _STOP.search(above.text))


def _first_width(line: Line) -> float:
    first = line.words[0]
    return first.right - first.left


def _is_apart(gaps: list[float], at: int, above: Line, line: Line, *, full: bool) -> bool:
    """Tell whether the gap between two lines ends a paragraph, by the gaps around it, not by the page's."""
    if max(above.size, line.size) > SIZE_CHANGE * min(above.size, line.size) and not above.hyphen:
        return True
    return _is_wide(gaps, at, line) or (gaps[at] > WIDE_GAP * line.size and not full)


def _is_wide(gaps: list[float], at: int, line: Line) -> bool:
    """Tell whether a gap is wider than those around it."""
    around = [gap for gap in gaps[max(0, at - 1) : at + 2] if gap > 0.3 * line.size]
    return gaps[at] > GAP * min(around, default=gaps[at])


def _is_indented(above: Line, line: Line, left: float, *, full: bool) -> bool:
    """Tell whether a line begins a paragraph by standing in from its column's edge."""
    stands_in = line.left - left > line.size * 0.8 and above.left - left < line.size * 0.5
    return stands_in and bool(_STOP.search(above.text)) and (not full or line.text[0].isupper())


def _columns(page: list[Line]) -> Iterator[list[Line]]:
    """Yield the runs of lines in which each is below the one before."""
    start = 0
    for at, (above, line) in enumerate(pairwise(page), start=1):
        if line.base > above.base + 0.5 * line.size or line.left > above.right + 4 * line.size:
            yield page[start:at]
            start = at
    if page:
        yield page[start:]


def _goes_on(above: Line, line: Line) -> bool:
    return line.text[0].islower() or above.text[-1] == ","
