"""A page's tree made plain before it is read: consent boxes and marks go, lists and tables become simple ones.

What an extractor would glue, tear or drop is put right here, for it and for the reading of whole pages alike.
"""

import re
from copy import deepcopy

from embeddings.documents.loaders.html.metadata import ASIDES
from embeddings.documents.loaders.superscripts import LOWERED, RAISED

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
LINE_BREAK = "⁋"
"""Stands for a ``br`` until the text is out, where else every line would be a paragraph. A sign that no page has; of
those made for this, trafilatura takes some out."""
MAX_LIST_ITEMS = 60
MAX_SPAN = 50
"""Columns or rows that a cell may cover; more is a mistake or an attack."""
MAX_CELLS = 20_000
MAX_TERM = 80
"""Characters. A longer term of a definition list is a sentence of its own."""
_BOXES = re.compile(
    r"cookie|consent|gdpr|newsletter|subscribe|paywall|advertisement|\b(?:promo|promotion|sponsored)(?:$|[ _-])",
    re.IGNORECASE,
)
_TOOLS = frozenset(("mw-editsection", "toc", "printfooter"))
"""Classes of what a wiki puts into its articles and is not of them."""
_MARK = re.compile(r"\[[^\[\]\n]{1,12}\]|[*†‡§¶]+")
_NUMBERS = re.compile(r"\d{1,3}(?:[,; –-]+\d{1,3})*")


def tidy(tree) -> None:
    """Change a page, or a part of one, in place."""
    for element in list(tree.iter("div", "section", "form", "dialog")):
        named = f"{element.get('id', '')} {element.get('class', '')}"
        if _BOXES.search(named) and len(element.findall(".//p")) < 4 and element.getparent() is not None:
            element.drop_tree()
    for element in list(tree.iter("div", "span", "nav", "table")):
        if not _TOOLS.isdisjoint((element.get("class") or "").split()) and element.getparent() is not None:
            element.drop_tree()
    _lift_marks(tree)
    _wrap_body(tree)
    for breaking in list(tree.iter("br")):
        _keep_break(breaking)
    for listing in tree.iter("ul", "ol"):
        _plain_list(listing)
    for listing in tree.iter("dl"):
        _join_terms(listing)
    for table in list(tree.iter("table")):
        _plain_table(table)


def with_breaks(text: str) -> str:
    """Write the signs of single line breaks as such, as a space in a row of a table.

    >>> with_breaks(f"Mill Lane 4{LINE_BREAK}Rovik")
    'Mill Lane 4\\nRovik'
    """
    if LINE_BREAK not in text:
        return text
    blocks = []
    for block in text.split("\n\n"):
        to = " " if block.startswith("|") else "\n"
        lines = (line.strip() for line in block.replace(LINE_BREAK, to).split("\n"))
        blocks.append("\n".join(filter(None, lines)))
    return "\n\n".join(filter(None, blocks))


def _lift_marks(tree) -> None:
    """Take marks of notes off the words beside them, and keep exponents apart: ``10<sup>5</sup>`` is not 105."""
    for mark in list(tree.iter("sup", "sub", "a")):
        text = "".join(mark.itertext()).strip()
        if mark.getparent() is None or not text or len(text) > MAX_TERM:
            continue
        if _is_reference(mark, text):
            mark.drop_tree()
        elif mark.tag != "a" and len(mark) == 0:
            table = RAISED if mark.tag == "sup" else LOWERED if _follows_digit(mark) else {}
            if all(ord(sign) in table for sign in text):
                mark.text = text.translate(table)


def _is_reference(mark, text: str) -> bool:
    if mark.tag == "sub":
        return False
    links = [mark] if mark.tag == "a" else [*mark.iter("a")]
    inward = any("#" in (link.get("href") or "") or link.get("role") == "doc-noteref" for link in links)
    if mark.tag == "a":
        glued = mark.getprevious() is None and (mark.getparent().text or "")[-1:].strip()
        before = mark.getprevious()
        glued = glued or (before is not None and (before.tail or "")[-1:].strip())
        return bool(inward and glued and (_MARK.fullmatch(text) or _NUMBERS.fullmatch(text)))
    named = "reference" in (mark.get("class") or "") or "footnote" in (mark.get("class") or "")
    return bool(_MARK.fullmatch(text)) or ((inward or named) and len(text) < 16)


def _follows_digit(mark) -> bool:
    before = mark.getprevious()
    text = mark.getparent().text if before is None else before.tail
    return (text or "")[-1:].isdigit()


def _wrap_body(tree) -> None:
    """Make an article of a page with paragraphs directly in its body: trafilatura would leave out lists there."""
    from lxml import etree

    body = tree.find("body")
    if body is None or body.find("p") is None or any(True for _ in tree.iter("article", "main")):
        return
    article = etree.SubElement(body, "article")
    article.text, body.text = body.text, None
    for child in list(body):
        if child is not article and child.tag not in ASIDES:
            article.append(child)


def _keep_break(breaking) -> None:
    """Write a single ``br`` between words as a sign; two in a row part paragraphs, as they always did."""
    after, before = breaking.getnext(), breaking.getprevious()
    alone = not (after is not None and after.tag == "br" and not (breaking.tail or "").strip())
    alone = alone and not (before is not None and before.tag == "br" and not (before.tail or "").strip())
    if alone and (breaking.tail or "").strip():
        breaking.tail = LINE_BREAK + breaking.tail.lstrip()
        breaking.drop_tag()


def _plain_list(listing) -> None:
    """Make a list in the text plain: of links alone it passes for a menu."""
    items = listing.findall("li")
    if not 0 < len(items) <= MAX_LIST_ITEMS or not _stands_in_text(listing):
        return
    for link in list(listing.iter("a")):
        link.drop_tag()
    for item in items:
        # Trafilatura drops paragraphs and links that are all of an item.
        for paragraph in item.findall("p"):
            paragraph.drop_tag()


def _stands_in_text(listing) -> bool:
    """Tell whether a list follows a paragraph or a heading of the text, outside menus, headers and footers."""
    before = listing.getprevious()
    follows = before is not None and before.tag in ("p", "ul", "ol", "table", *HEADINGS)
    return follows and not any(one.tag in ASIDES for one in listing.iterancestors())


def _join_terms(listing) -> None:
    """Write each short term of a definition list before what is said of it."""
    for term in listing.findall("dt"):
        said, text = term.getnext(), " ".join("".join(term.itertext()).split())
        if said is None or said.tag != "dd" or not text or len(text) > MAX_TERM or said.find("p") is not None:
            continue
        said.text = f"{text}{'' if text[-1] in ':?!.' else ':'} {(said.text or '').lstrip()}"
        term.drop_tree()


def _plain_table(table) -> None:
    """Repeat a cell in each column and row that it covers, make one row of the rows that name the columns."""
    if table.find(".//table") is not None:
        return  # Made for the layout of a page.
    rows = [row for row in table.iter("tr") if row.findall("td") or row.findall("th")]
    if any(cell.get(name) for row in rows for cell in row for name in ("colspan", "rowspan")):
        _expand(rows)
    _lift_title(table, rows)
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
    _set_apart(table)


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
    value = (cell.attrib.pop(name, None) or "1").strip()
    return min(MAX_SPAN, max(1, int(value))) if value.isascii() and value.isdigit() else 1


def _set_apart(table) -> None:
    """Put a sign between two tables that follow each other: they would be read as one."""
    from lxml import etree

    after = table.getnext()
    if after is not None and after.tag == "table" and not (table.tail or "").strip():
        apart = etree.Element("p")
        apart.text = LINE_BREAK
        table.addnext(apart)
