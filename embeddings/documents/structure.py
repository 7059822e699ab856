"""What a file says of itself and how its text is built: author and site, pages, headings and tables.

Offsets count code points of the document's text, as everywhere.
"""

import json
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading's line, ``text`` without its markup; level 1 is the highest."""

    start: int
    end: int
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table's lines, one row a line; ``header`` names the columns as the first rows do, up to ``header_end``."""

    start: int
    end: int
    header_end: int
    header: str


def join_cells(cells: Iterable[str]) -> str:
    """Return a row of a table as a line; an empty cell is shown.

    >>> join_cells(["Adult", "", "70"])
    'Adult | – | 70'
    """
    return " | ".join(cell or "–" for cell in cells)


@dataclass(frozen=True, slots=True)
class Structure:
    """All of it; what a format does not know is None or empty. Everything is in order of its place."""

    author: str | None = None
    site: str | None = None
    pages: tuple[int, ...] = ()
    """Where each page of a PDF begins."""
    headings: tuple[Heading, ...] = ()
    tables: tuple[Table, ...] = ()
    date_of_file: bool = False
    """Whether the document's date is only the day its file was made, since nothing better is known."""

    def page(self, offset: int) -> int | None:
        """Return the number of the page, from 1, of an offset; None where pages are not known."""
        return bisect_right(self.pages, offset) or 1 if self.pages else None

    def headings_over(self, offset: int) -> tuple[Heading, ...]:
        """Return the headings above an offset, the outermost first.

        >>> parts = Heading(0, 5, 1, "Bread"), Heading(9, 15, 2, "Dough"), Heading(40, 45, 2, "Oven")
        >>> [one.text for one in Structure(headings=parts).headings_over(50)]
        ['Bread', 'Oven']
        """
        path: list[Heading] = []
        for heading in self.headings:
            if heading.start > offset:
                break
            while path and path[-1].level >= heading.level:
                path.pop()
            path.append(heading)
        return tuple(path)

    def table_at(self, offset: int) -> Table | None:
        """Return the table that contains an offset."""
        return next((table for table in self.tables if table.start <= offset < table.end), None)


NO_STRUCTURE = Structure()
"""What is known of plain text."""


def structure_to_json(structure: Structure) -> str:
    """Write a structure as JSON; what is empty is left out."""
    return json.dumps({key: value for key, value in asdict(structure).items() if value}, ensure_ascii=False)


def structure_from_json(text: str) -> Structure:
    """Read what ``structure_to_json`` wrote.

    Raises:
        ValueError, TypeError, KeyError: it is something else.
    """
    if text == "{}":
        return NO_STRUCTURE
    values = json.loads(text)
    headings = tuple(Heading(**one) for one in values.pop("headings", ()))
    tables = tuple(Table(**one) for one in values.pop("tables", ()))
    pages = tuple(int(one) for one in values.pop("pages", ()))
    return Structure(headings=headings, tables=tables, pages=pages, **values)
