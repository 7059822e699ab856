"""Tables of a page made simple: a row a row, a cell in each column, whatever spans and whatever is nested."""

from copy import deepcopy

from embeddings.documents.loaders.html.signs import LINE_BREAK

MAX_SPAN = 50
"""Columns or rows that a cell may cover; more is a mistake or an attack."""
MAX_CELLS = 20_000


def plain_table(table) -> None:
    """Repeat a cell in each column and row that it covers, make one row of the rows that name the columns."""
    inner = list(table.iterdescendants("table"))
    if inner and table.find(".//th") is None:
        return  # Made for the layout of a page.
    for one in inner:
        _write_in_cell(one)
    for listing in list(table.iter("ul", "ol")) if table.find(".//th") is not None else ():
        _write_list(listing)
    rows = [row for row in table.iter("tr") if row.findall("td") or row.findall("th")]
    if any(cell.get(name) for row in rows for cell in row for name in ("colspan", "rowspan")):
        _expand(rows)
    _lift_title(table, rows)
    _join_heads(rows)
    _set_apart(table)


def _join_heads(rows: list) -> None:
    """Make one row of the rows that name the columns."""
    heads = 0
    while heads < len(rows) and not rows[heads].findall("td") and len(rows[heads]) > 1:
        heads += 1
    if 1 < heads < len(rows) and len({len(row) for row in rows[:heads]}) == 1:
        for row in rows[1:heads]:
            for cell, below in zip(rows[0], row, strict=True):
                above, text = ("".join(one.itertext()).strip() for one in (cell, below))
                if text and text != above:
                    cell.text = f"{above} {text}".strip()
                    for inner in list(cell):
                        cell.remove(inner)
            row.getparent().remove(row)


def _write_list(listing) -> None:
    """Write a list inside a cell as text: its items after each other."""
    items = [" ".join(item.text_content().split()) for item in listing.findall("li")]
    listing.tail = f" {', '.join(filter(None, items))} {listing.tail or ''}"
    if listing.getparent() is not None:
        listing.drop_tree()


def _write_in_cell(table) -> None:
    """Write a table inside a cell of another as text: its rows after each other."""
    rows = [[" ".join(cell.text_content().split()) for cell in row.iter("td", "th")] for row in table.iter("tr")]
    table.tail = "; ".join(", ".join(filter(None, row)) for row in rows if any(row)) + (table.tail or "")
    if table.getparent() is not None:
        table.drop_tree()


def _lift_title(table, rows: list) -> None:
    """Put a title that fills the first row above its table, whose next row names the columns."""
    from lxml import etree

    if len(rows) > 2 and len(rows[0]) == 1 and len(rows[1]) > 1 and not rows[1].findall("td"):
        title = etree.Element("p")
        title.text = " ".join("".join(rows[0].itertext()).split())
        table.addprevious(title)
        row = rows.pop(0)
        row.getparent().remove(row)


def _expand(rows: list) -> None:
    covered: dict[tuple[int, int], object] = {}
    made = 0
    for at, row in enumerate(rows):
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        if len(cells) == 1 and not any(place[0] == at for place in covered):
            continue  # A title over the whole table, or a note below it.
        placed, column = [], 0
        for cell in [*cells, None]:
            while (at, column) in covered:
                placed.append(deepcopy(covered[at, column]))
                placed[-1].tail = None
                column += 1
            if cell is None:
                break
            wide, high = (_span(cell, name) for name in ("colspan", "rowspan"))
            made += wide * high
            if made > MAX_CELLS:
                return
            for across in range(wide):
                placed.append(cell if across == 0 else deepcopy(cell))
                covered |= {(at + down, column + across): cell for down in range(1, high)}
            column += wide
        row[:] = placed


def _span(cell, name: str) -> int:
    return min(MAX_SPAN, max(1, whole_number(cell.attrib.pop(name, None), 1)))


def whole_number(value: str | None, default: int) -> int:
    """Return the number that an attribute states; one of more than six digits is none."""
    value = (value or "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 7 else default


def _set_apart(table) -> None:
    """Put a sign between two tables that follow each other: they would be read as one."""
    from lxml import etree

    after = table.getnext()
    if after is not None and after.tag == "table" and not (table.tail or "").strip():
        apart = etree.Element("p")
        apart.text = LINE_BREAK
        table.addnext(apart)
