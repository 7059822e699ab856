"""Tables of a PDF page: lines whose cells stand below each other, and the wrapped lines that name their columns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from embeddings.documents.loaders.pdf.lines import Line, Word

SAME_COLUMN = 12.0
"""Points by which the cells of a column may begin apart; numbers are set by their right edge."""
NARROW_GAP = 0.45
"""Type sizes. A gap this wide, hardly more than a space, parts two numbers where it stands at one place in all rows."""
ALIGNED = 1.5
"""Points by which cells that are set below each other may be off."""
MIN_ROWS = 3
"""So many rows show that a narrow gap between cells is no chance."""
LEADING = 1.7
"""Type sizes from a line of a head to the next of its column."""
HEAD_HEIGHT = 4
"""And from its last line to the first row: heads of other columns may have more lines."""
HEAD_LINES = 12
"""Lines above a table that may name its columns: three or four lines a cell."""

_NUMBER = re.compile(r"[-+−–£$€]?\d[\d.,:/]*%?")
_GROUP = re.compile(r"\d{3}(?!\d)")


def find_tables(page: list[Line]) -> dict[int, int]:
    """Return which lines of a page are rows of a table, by their number, with the number of the table."""
    found = {at: number for number, rows in enumerate(_runs(page)) for at in rows}
    made = {at: -1 - line.table for at, line in enumerate(page) if line.table is not None}
    return found | made


def whole_tables(page: list[Line]) -> list[Line]:
    """Join the lines of cells, part cells that stand close, make one row of the lines that name a table's columns."""
    page = _with_wrapped_cells(page)
    for rows in _runs(page):
        _part_close_cells([page[at] for at in rows])
    whole = list(page)
    for rows in reversed(list(_runs(page))):
        start = rows.start
        if found := _find_head(page[max(0, start - HEAD_LINES) : start], [page[at] for at in rows]):
            lines, head = found
            whole[start - lines : start] = [head]
    return whole


def _runs(page: list[Line]) -> Iterator[range]:
    at = 0
    while at < len(page):
        last = at
        while last + 1 < len(page) and _same_table(page[last], page[last + 1]):
            last += 1
        if last > at:
            yield range(at, last + 1)
        at = last + 1


def _same_table(above: Line, line: Line) -> bool:
    """Tell whether two lines are rows of one table: as many cells, beginning or ending at the same places."""
    if (
        above.table != line.table
        or len(above.cells) < 2
        or len(line.cells) < 2
        or not 0 < above.base - line.base < 4 * line.size
    ):
        return False
    if len(above.cells) != len(line.cells):
        return False
    return all(
        abs(one - other) < SAME_COLUMN + 2 * line.size
        for one, other in zip(above.cell_lefts, line.cell_lefts, strict=True)
    )


def _with_wrapped_cells(page: list[Line]) -> list[Line]:
    """Make a row of the lines of cells that are wrapped: each below its own beginning, or beside the cell before."""
    whole: list[Line] = []
    at = number = 0
    while at < len(page):
        grid = _grid(page, at) if len(page[at].cells) > 1 else None
        if grid is None:
            whole.append(page[at])
            at += 1
            continue
        for row in grid.rows:
            whole.append(row.line(grid.lefts, number))
        number += 1
        at = grid.end
    return whole


@dataclass(slots=True)
class _Row:
    """A row that is being read: the words of each cell, line after line, and where the last line of each stands."""

    cells: list[list[list[Word]]]
    top: float
    bases: list[float]
    last: int
    page: int
    page_height: float

    @property
    def filled(self) -> int:
        return sum(map(bool, self.cells))

    def add(self, at: int, words: list[Word], base: float) -> None:
        self.cells[at].append(words)
        self.bases[at] = base
        self.last = at

    def line(self, lefts: list[float], table: int) -> Line:
        made = Line([word for cell in self.cells for part in cell for word in part], self.page, self.page_height)
        texts = [_joined(" ".join(map(_text, cell))) for cell in self.cells]
        made.cells, made.cell_lefts, made.text = tuple(texts), tuple(lefts), " ".join(filter(None, texts))
        made.base, made.table = self.top, table
        return made


@dataclass(frozen=True, slots=True)
class _Grid:
    rows: list[_Row]
    lefts: list[float]
    end: int
    """The number of the line after the last row."""


def _grid(page: list[Line], start: int) -> _Grid | None:
    """Return the table that begins with a row whose cells show its columns; None where no cell in it is wrapped."""
    lefts = list(page[start].cell_lefts)
    rows: list[_Row] = []
    ends: list[int] = []
    wrapped = False
    for at in range(start, len(page)):
        line = page[at]
        parts = _by_column(line, lefts)
        if parts is None or line.filled_in or len(parts) > len(line.cells):
            break  # Prose, whose words stand in the columns by chance.
        row = rows[-1] if rows else None
        if row is not None and _goes_on(row, parts, line):
            wrapped = True
        elif row is not None and (min(row.bases) - line.base > HEAD_HEIGHT * line.size or line.base >= min(row.bases)):
            break
        else:
            row = _Row([[] for _ in lefts], line.base, [line.base] * len(lefts), 0, line.page, line.page_height)
            rows.append(row)
            ends.append(at)
        for column, words in parts.items():
            row.add(column, words, line.base)
        ends[-1] = at + 1
    while rows and rows[-1].filled < 2:
        rows.pop()
        ends.pop()
    sparse = sum(row.filled < 2 for row in rows)
    if not wrapped or len(rows) < 2 or sparse:
        return None
    return _Grid(rows, lefts, ends[-1])


def _goes_on(row: _Row, parts: dict[int, list[Word]], line: Line) -> bool:
    """Tell whether a line belongs to the row before: below a cell's last line, or beside its first."""
    first = min(parts)
    if len(parts) == 1 and row.cells[first]:
        return 0 < row.bases[first] - line.base < LEADING * line.size and (first == row.last or first > 0)
    return not any(row.cells[at] for at in parts) and first > row.last and abs(line.base - row.top) < line.size


def _part_close_cells(rows: list[Line]) -> None:
    """Part numbers that stand close where each row has them at the same place."""
    if len(rows) < MIN_ROWS:
        return
    places = [_places(row) for row in rows]
    lefts = [
        left for left in places[0] if all(any(abs(left - other) < ALIGNED for other in others) for others in places[1:])
    ]
    for row in rows:
        starts = [*row.cell_lefts, *(left for left in _places(row) if any(abs(left - one) < ALIGNED for one in lefts))]
        if len(set(starts)) > len(row.cells):
            row.set_cells(sorted(set(starts)))


def _places(row: Line) -> list[float]:
    """Return where a number begins that is no part of the number before it: "1 204" is one."""
    return [
        word.left
        for before, word in pairwise(row.words)
        if word.left - before.right > NARROW_GAP * row.size
        and _NUMBER.fullmatch(before.text)
        and _NUMBER.fullmatch(word.text)
        and not _GROUP.match(word.text)
    ]


def _find_head(above: list[Line], rows: list[Line]) -> tuple[int, Line] | None:
    """Return how many of the lines above a table name its columns, and the row that they are together."""
    first = rows[0]
    lefts = [min(row.cell_lefts[at] for row in rows) for at in range(len(first.cells))]
    columns: list[list[tuple[float, list[Word]]]] = [[] for _ in lefts]
    lowest = [first.base] * len(lefts)
    taken = 0
    for line in reversed(above):
        parts = _by_column(line, lefts)
        if parts is None or line.base <= first.base:
            break
        # A column's own lines come from below upwards, those of the next column begin above the table again.
        if any(not 0 < line.base - lowest[at] < (LEADING if columns[at] else HEAD_HEIGHT) * line.size for at in parts):
            break
        for at, words in parts.items():
            columns[at].append((line.base, words))
            lowest[at] = line.base
        taken += 1
    if sum(map(bool, columns)) < max(2, len(lefts) - 1):
        return None
    words = [word for column in columns for _, part in reversed(column) for word in part]
    head = Line(words, first.page, first.page_height)
    head.base = max(base for column in columns for base, _ in column[:1])
    cells = [_joined(" ".join(_text(part) for _, part in reversed(column))) for column in columns]
    head.cells, head.cell_lefts, head.text = tuple(cells), tuple(lefts), " ".join(filter(None, cells))
    return taken, head


def _by_column(line: Line, lefts: list[float]) -> dict[int, list[Word]] | None:
    """Return the words of a line that stand in each column, None where some reach into the next."""
    parts: dict[int, list[Word]] = {}
    for word in line.words:
        at = max((at for at, left in enumerate(lefts) if left - ALIGNED <= word.left), default=None)
        if at is None or (at + 1 < len(lefts) and word.right > lefts[at + 1]):
            return None
        parts.setdefault(at, []).append(word)
    return parts


def _text(words: list[Word]) -> str:
    return "".join(("" if word.glued or not at else " ") + word.text for at, word in enumerate(words))


def _joined(text: str) -> str:
    """Join a word that a line's end broke."""
    return text.replace("- ", "")
