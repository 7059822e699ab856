"""The lines of a PDF page, as they are seen: words by their place, type size and baseline.

PDFium gives characters in reading order, with line ends of its own: it ends a line at a raised mark. Here the words
of one baseline are one line again, and a raised or lowered mark is no part of the neighbouring word.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from embeddings.documents.loaders.superscripts import LOWERED, RAISED

MARK_SIZE = 0.86
"""A mark's type is smaller than its line's by this factor or more."""
MARK_SHIFT = 0.07
"""And its baseline is off by more than this share of the line's type size."""
SAME_BASELINE = 0.3
"""Share of the type size by which baselines of one line may differ: text is not set that close."""
GLUED_GAP = 0.12
"""Type sizes. A narrower gap is no space."""
CELL_GAP = 0.95
"""Type sizes. A gap this wide inside a line separates cells of a table, not words."""
_ITEM_SIGN = re.compile(r"[•▪‣●○■□◦–—*-]|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)]")
MIN_SPACED = 5
"""Letters with spaces between them that show a word set wide."""
WORD_GAP = 1.6
"""Times the usual gap between such letters: a wider one parts words."""
_PIECE = re.compile("[^\\s\u00a0\ufffe]+\ufffe?")
_UNIT = re.compile(r"(?:^|[\d\W])(?:[kcdmµn]?m|ft|yd|mi|in|sq|s|cu)$")
_TEN = re.compile(r"(?<![\d.,])10$")
_NEGATIVE = re.compile(r"[-−–]\d{1,2}")
"""An exponent wherever it stands: no note has such a mark."""
_HYPHENS = str.maketrans("\u2010\u2011", "--")
"""Browsers break words with a sign of its own."""
SAME_SCALE = 0.01
"""By how much a matrix may scale type without its being of another size."""
SKEWED = 0.12
"""Quarter turns by which text may be off a line or a column; what stands slantwise is a stamp over the page."""
_ORDINAL = re.compile(r"(?:st|nd|rd|th|er|e|o|a)\b", re.IGNORECASE)
_FOOTNOTE = re.compile(r"[\d*†‡§¶,a-z()\[\]]{1,6}$")


@dataclass(slots=True)
class Word:
    """A word, or a part of one that is set in one type size. Places are in points, the baseline's for ``base``."""

    text: str
    left: float
    right: float
    base: float
    size: float
    glued: bool = False
    """Whether no space comes before it."""
    filled_in: bool = False
    """Whether it is the value of a form field."""


@dataclass(slots=True)
class Line:
    """A line of a page: its words in order; ``cells`` are its texts where wide gaps part them."""

    words: list[Word]
    page: int
    page_height: float
    hyphen: bool = False
    """Whether it ends in a hyphen that breaks a word."""
    text: str = field(init=False, default="")
    cells: tuple[str, ...] = field(init=False, default=())
    cell_lefts: tuple[float, ...] = field(init=False, default=())
    table: int | None = field(init=False, default=None)
    """The number of the table that its cells were put together in."""
    size: float = field(init=False, default=0.0)
    """Type size of most of it, in points."""
    base: float = field(init=False, default=0.0)
    """Its baseline, in points from the page's lower edge."""

    def __post_init__(self) -> None:
        main = _main(self.words)
        self.words = list(_without_marks(self.words, main))
        _close_letters(self.words)
        gap = CELL_GAP * main.size
        pairs = zip([None, *self.words], self.words, strict=False)
        self.set_cells([one.left for last, one in pairs if not last or (not one.glued and one.left - last.right > gap)])
        if len(self.cells) == 2 and _ITEM_SIGN.fullmatch(self.cells[0]):
            self.set_cells(self.cell_lefts[:1])  # The sign of an item stands apart from it, but is no cell.
        if self.words:
            main = _main(self.words)
            self.size, self.base = main.size, main.base

    def set_cells(self, lefts: Sequence[float]) -> None:
        """Part the line into cells that begin at these places."""
        texts: list[str] = []
        for word in self.words:
            if not texts or (len(texts) < len(lefts) and word.left == lefts[len(texts)]):
                texts.append("")
            texts[-1] += word.text if word.glued or not texts[-1] else " " + word.text
        self.cells, self.cell_lefts = tuple(texts), tuple(lefts)
        self.text = " ".join(texts)

    @property
    def filled_in(self) -> bool:
        """Whether a form field is in it."""
        return any(word.filled_in for word in self.words)

    @property
    def left(self) -> float:
        """Where it begins."""
        return self.words[0].left

    @property
    def right(self) -> float:
        """Where it ends."""
        return max(word.right for word in self.words)


def read_lines(textpage, number: int, page_height: float, values: Iterable[Word] = ()) -> list[Line]:
    """Return the lines of a pypdfium2 text page in reading order; ``values`` are those of form fields."""
    lines: list[list[Word]] = []
    hyphens: list[bool] = []
    for words, hyphen in _visual_lines(textpage):
        if lines and _goes_on(lines[-1], words):
            near = words[0].left - lines[-1][-1].right < GLUED_GAP * words[0].size
            words[0].glued = near or words[0].text[0] in ".,;:!?)»”"
            lines[-1] += words
            hyphens[-1] = hyphen
        else:
            lines.append(list(words))
            hyphens.append(hyphen)
    for value in values:
        _place(value, lines, hyphens)
    made = [Line(words, number, page_height, hyphen) for words, hyphen in zip(lines, hyphens, strict=True)]
    return [line for line in made if line.text]


def _visual_lines(textpage) -> Iterator[tuple[list[Word], bool]]:
    """Yield PDFium's own lines as words, and whether each ends in a breaking hyphen."""
    import ctypes

    import pypdfium2.raw as pdfium

    text = textpage.get_text_range()
    # Characters beyond the basic plane count twice for PDFium; the positions of later ones would be wrong.
    placed = len(text) == textpage.count_chars()
    x, y = ctypes.c_double(), ctypes.c_double()
    size_of = _sizes(textpage, text) if placed else None

    def place(at: int) -> tuple[float, float]:
        pdfium.FPDFText_GetCharOrigin(textpage, at, x, y)
        angle = round(_turns(textpage, at))
        # Text set sideways is read as if the page were turned; what is separate on the page stays separate.
        return {1: (y.value, 10_000 - x.value), 3: (-y.value, 20_000 + x.value)}.get(angle % 4, (x.value, y.value))

    for line in re.finditer("[^\r\n]+", text):
        if placed and _is_slanted(textpage, line.start()):
            continue
        words: list[Word] = []
        broken = False
        for piece in _PIECE.finditer(text, *line.span()):
            for start, end, size in _runs(size_of, *piece.span()) if placed else [(*piece.span(), 1.0)]:
                left, base = place(start) if placed else (0.0, -float(line.start()))
                last_left, _ = place(end - 1) if placed else (0.0, 0.0)
                width = textpage.get_charbox(end - 1) if placed else (0.0,) * 4
                right = last_left + max(width[2] - width[0], width[3] - width[1] if last_left < 0 else 0.0)
                shown = text[start:end].strip("\u00ad\ufffe").translate(_HYPHENS)
                if broken and words and abs(base - words[-1].base) > SAME_BASELINE * size:
                    # PDFium joins the two parts of a word that a line's end breaks, and with them two lines.
                    yield words, True
                    words = []
                broken = text[end - 1] == "\ufffe"
                if shown:
                    glued = bool(words) and start > 0 and not (text[start - 1].isspace())
                    words.append(Word(shown, left, right, base, size or 1.0, glued))
        if words:
            ending = line[0].rstrip()
            yield words, ending.endswith(("\u00ad", "\ufffe")) or text.startswith("\ufffe", line.end())


def _turns(textpage, at: int) -> float:
    """Return the angle at which a character is set, in quarter turns."""
    import pypdfium2.raw as pdfium

    return pdfium.FPDFText_GetCharAngle(textpage, at) / 1.5707963


def _is_slanted(textpage, at: int) -> bool:
    turns = _turns(textpage, at)
    return abs(turns - round(turns)) > SKEWED


def _sizes(textpage, text: str) -> Callable[[int], float]:
    """Return what gives the type size of a character as it is seen: a matrix may scale the size that its font has."""
    import pypdfium2.raw as pdfium

    matrix = pdfium.FS_MATRIX()

    def scale(at: int) -> float:
        pdfium.FPDFText_GetMatrix(textpage, at, matrix)
        return math.hypot(matrix.c, matrix.d) or 1.0

    def stated(at: int) -> float:
        return pdfium.FPDFText_GetFontSize(textpage, at)

    if all(abs(scale(line.start()) - 1) < SAME_SCALE for line in re.finditer("[^\r\n]+", text)):
        return stated
    return lambda at: stated(at) * scale(at)


def _runs(size_of: Callable[[int], float], start: int, end: int) -> Iterator[tuple[int, int, float]]:
    """Yield the parts of a word that are each set in one type size, with the size."""
    sizes = [size_of(at) for at in range(start, end)]
    first = start
    for at, (one, other) in enumerate(pairwise(sizes), start=start + 1):
        if abs(one - other) > 0.1:
            yield first, at, sizes[first - start]
            first = at
    yield first, end, sizes[first - start]


def _close_letters(words: list[Word]) -> None:
    """Make words again of letters set apart: "H A R V E S T"."""
    if len(words) < MIN_SPACED or any(len(word.text) > 1 for word in words):
        return
    gaps = [max(0.0, word.left - before.right) for before, word in pairwise(words)]
    usual = sorted(gaps)[len(gaps) // 2]
    for word, gap in zip(words[1:], gaps, strict=True):
        word.glued = word.glued or gap < WORD_GAP * usual


def _main(words: list[Word]) -> Word:
    """Return the word whose size and baseline are those of most characters."""
    weights: dict[tuple[float, float], int] = {}
    first: dict[tuple[float, float], Word] = {}
    for word in words:
        kind = round(word.size, 1), round(word.base, 1)
        weights[kind] = weights.get(kind, 0) + len(word.text)
        first.setdefault(kind, word)
    return first[max(weights, key=lambda kind: (weights[kind], kind))]


def _goes_on(above: list[Word], words: list[Word]) -> bool:
    """Tell whether PDFium ended a line where only a mark begins or ends."""
    one, other, last = _main(above), _main(words), above[-1]
    size = max(one.size, other.size)
    ahead = last.right - 0.5 * size < words[0].left < last.right + 2.5 * size
    if not ahead:
        return False
    if abs(one.base - other.base) < SAME_BASELINE * size * 0.5:
        return _is_mark(last, one) or one.size != other.size or words[0].left - last.right < 0.6 * size
    small, large = sorted((one, other), key=lambda word: word.size)
    alone = sum(len(word.text) for word in (above if one is small else words)) <= 4
    return alone and small.size <= MARK_SIZE * large.size and abs(small.base - large.base) < 0.7 * large.size


def _is_mark(word: Word, main: Word) -> bool:
    return word.size <= MARK_SIZE * main.size and abs(word.base - main.base) > MARK_SHIFT * main.size


def _without_marks(words: list[Word], main: Word) -> Iterator[Word]:
    """Yield the words of a line, its raised and lowered marks written as what they are, footnote marks left out."""
    before: Word | None = None
    for word in words:
        if before is not None and _is_mark(word, main):
            word = _as_sign(word, before, raised=word.base > main.base)
            if word is None:
                continue
        elif before is not None and word.glued and before.base != word.base and _is_mark(before, main):
            word.glued = False  # A raised mark that leads a line, such as the number of a footnote.
        yield word
        before = word


def _as_sign(mark: Word, before: Word, *, raised: bool) -> Word | None:
    """Return a mark as it reads after the word before it; None for the mark of a footnote."""
    text = mark.text.strip()
    if raised and _ORDINAL.fullmatch(text) and before.text[-1:].isdigit():
        return Word(text, mark.left, mark.right, before.base, before.size, glued=True)
    exponent = _TEN.search(before.text) or _UNIT.search(before.text) or _NEGATIVE.fullmatch(text)
    if raised and text.strip("-−–+").isdigit() and exponent and len(text) <= 3 and mark.left - before.right < mark.size:
        return Word(text.translate(RAISED), mark.left, mark.right, before.base, before.size, glued=True)
    if not raised and text.isdigit() and before.text[-1:].isalpha():
        return Word(text.translate(LOWERED), mark.left, mark.right, before.base, before.size, glued=True)
    leads_a_note = not mark.glued and before.text.endswith((".", "!", "?"))
    if raised and _FOOTNOTE.match(text) and not leads_a_note:
        return None
    return Word(text, mark.left, mark.right, before.base, before.size, mark.glued and not raised)


def _place(value: Word, lines: list[list[Word]], hyphens: list[bool]) -> None:
    """Put a field's value after the words on its line, or where its height puts it."""
    for line in lines:
        main = _main(line)
        if abs(main.base - value.base) < max(main.size, value.size) and line[-1].right <= value.left + main.size:
            left = line[-1].right + main.size * 0.3
            line.append(Word(value.text, left, value.right, main.base, main.size, filled_in=True))
            return
    at = next((number for number, line in enumerate(lines) if _main(line).base < value.base), len(lines))
    lines.insert(at, [value])
    hyphens.insert(at, False)
