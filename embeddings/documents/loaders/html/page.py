"""HTML by trafilatura: the article without menus and adverts, with its title, date and address.

Trafilatura is the best kept of the extractors (monthly releases, top of its own and others' benchmarks). Its metadata
is not taken: its date may come from the text, a day the article is about, and of "Site | Headline" it keeps the site.
Runs in the worker process only.
"""

import re
from itertools import pairwise

from embeddings.documents.files.decode import decode
from embeddings.documents.loaded import Loaded, LoadError
from embeddings.documents.loaders.html.metadata import PageMetadata, read_metadata
from embeddings.documents.loaders.html.signs import NUMBERED, with_breaks
from embeddings.documents.loaders.html.tidy import HEADINGS, tidy
from embeddings.documents.structure import Heading, Structure, Table, join_cells

MAX_DAMAGE = 0.01
"""Share of bytes that may be wrong in a page which declares UTF-8: one bad sign costs that sign, not the page."""
MAX_EXTRACTED_DEPTH = 250
"""Nested elements. Trafilatura parses pages again within itself, and then loses what is nested deeper, as in old tag
soup in which no ``font`` is ever closed."""
MIN_SHARE_OF_STATED = 0.5
"""A page that shows less than this share of the article which its own metadata holds makes a script write the rest."""
MIN_TOLD, MAX_TOLD = 30, 200
"""Characters that show which paragraph a heading leads to; a date or a name between them is shorter."""
_DECLARED = re.compile(rb"<(?:meta|\?xml)[^>]{1,300}(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_AS_BROWSERS_DO = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030",
    "shift_jis": "cp932", "euc_kr": "cp949",
}  # fmt: skip
"""What browsers read a declared encoding as: its extension (WHATWG Encoding Standard, section 4.2)."""
_TEXT_CODECS = re.compile(
    r"(?:cp\d+|iso8859-\d+|koi8-[rtu]|utf-(?:8|16|16-be|16-le|32)|gb\w+|big5\w*|euc_\w+|\w+jis\w*)"
)


def load_html(data: bytes) -> Loaded:
    """Extract the article of an HTML page, with its headings and tables.

    Raises:
        LoadError: no text in it.
    """
    tree = _parse(_page_text(data))
    metadata = read_metadata(tree)
    tidy(tree)
    titles = {" ".join(with_breaks(one.text_content()).split()): int(one.tag[1]) for one in tree.iter(*HEADINGS)}
    text = _article(tree)
    if metadata.body and (len(text) < MIN_SHARE_OF_STATED * len(metadata.body) or _same(text, metadata.body)):
        text = metadata.body  # With its paragraphs, which the extractor joins.
    if not text:
        raise LoadError("HTML page without text")
    return _with_structure(text, titles, metadata)


def _with_structure(text: str, titles: dict[str, int], metadata: PageMetadata) -> Loaded:
    """Write the rows of Markdown's tables as cells alone, and note where headings and tables are."""
    parts: list[str] = []
    headings: list[Heading] = []
    tables: list[Table] = []
    length = 0
    for block in text.split("\n\n"):
        start = length
        if block.startswith("|"):
            block, header = _rows(block)
            if header:
                at = start + block.index(header)
                tables.append(Table(at, start + len(block), at + len(header), header))
        elif level := titles.get(line := " ".join(block.split())):
            headings.append(Heading(start, start + len(block), level, line))
        if block:
            parts.append(block)
            length = start + len(block) + 2
    structure = Structure(metadata.author, metadata.site, headings=tuple(headings), tables=tuple(tables))
    return Loaded("\n\n".join(parts), metadata.title, metadata.date, metadata.url, structure)


def _rows(block: str) -> tuple[str, str | None]:
    """Return a table's rows, a line each, cells separated by a bar, and which line names the columns.

    >>> _rows("| Fares |  |\\n|---|---|\\n| Who | Price |\\n|---|---|\\n| Child | 35 |")
    ('Fares\\nWho | Price\\nChild | 35', 'Who | Price')
    """
    rows: list[str] = []
    header = None
    for line in block.split("\n"):
        cells = [" ".join(cell.split()) for cell in line.strip().strip("|").split("|")]
        if all(set(cell) <= set("-:") for cell in cells) and "-" in line:
            header = rows[-1] if rows else None
            continue
        filled = [cell for cell in cells if cell]
        if not filled:
            continue
        rows.append(filled[0] if len(filled) == 1 and not rows else join_cells(cells))
    return "\n".join(rows), header if header and " | " in header and header != rows[-1] else None


def _parse(page: str):
    """Parse a page or a part of one."""
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=True)
    try:
        tree = html.document_fromstring(page.replace("\0", "").encode("utf-8", "replace"), parser=parser)
    except etree.ParserError as error:
        raise LoadError("HTML page without text") from error
    # libxml2 would silently drop all that is deeper.
    if any("Excessive depth" in entry.message for entry in parser.error_log):
        raise LoadError("HTML page nested too deep")
    return tree


def _article(tree) -> str:
    """Return the article's text, the whole page's where trafilatura finds none or would lose what is deep."""
    import trafilatura

    from embeddings.documents.loaders.html.whole_text import whole_text

    whole = whole_text(tree)
    if _depth(tree) > MAX_EXTRACTED_DEPTH:
        return with_breaks(whole)
    found = trafilatura.bare_extraction(tree, include_comments=False)
    if found is not None and found.text and (lost := _lost_headings(tree, found.text)):
        # Of a page in which it sees no article trafilatura takes the paragraphs alone.
        for heading, _ in lost:
            heading.tag = "p"
        again = trafilatura.bare_extraction(tree, include_comments=False)
        if again is not None and again.text and _lead(lost, again.text):
            found = again
    if found is None or not found.text or _same(found.text, whole):
        # Of a short page trafilatura makes a line of every bit of bold or linked text.
        return with_breaks(whole)
    return with_breaks(_paragraphs(found.text))


def _lost_headings(tree, text: str) -> list[tuple]:
    """Return the headings that a text lacks though it has what stands below them, and how that begins."""
    shown = "".join(text.split())
    lost = []
    for heading in tree.iter(*HEADINGS):
        own = "".join(heading.text_content().split())
        below = ("".join(one.text_content().split()) for one in heading.itersiblings())
        told = next((one for one in below if len(one) >= MIN_TOLD), "")[:MAX_TOLD]
        if own and told and own not in shown and told in shown:
            lost.append((heading, told))
    return lost


def _lead(lost: list[tuple], text: str) -> bool:
    """Tell whether a text has the headings where they belong: it may have been put together of several passes."""
    shown = "".join(text.split())
    places = ((shown.find("".join(heading.text_content().split())), shown.find(told)) for heading, told in lost)
    return all(0 <= own < below for own, below in places)


def _same(text: str, other: str) -> bool:
    """Tell whether two texts differ in white space alone."""
    return "".join(text.split()) == "".join(other.split())


def _depth(tree) -> int:
    from lxml import etree

    deepest = depth = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _paragraphs(text: str) -> str:
    """Part trafilatura's lines, each a paragraph, by blank lines; rows of a table and items of a list stay together."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    parts = lines[:1]
    for above, line in pairwise(lines):
        together = _listed(line) and _listed(line) == _listed(above)
        parts.append(("\n" if together else "\n\n") + line)
    return "".join(parts)


def _listed(line: str) -> str:
    """Return the sign of a table's row or a list's item; "" for other lines."""
    return "-" if line.startswith(NUMBERED) else line[:1] if line[:1] in ("|", "-") else ""


def _page_text(data: bytes) -> str:
    """Decode a page: UTF-8 where it is, else as it declares itself, else as detected."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    declared = _declared_codec(data[:4096])
    if declared is None:
        return decode(data)
    text = data.decode(declared, "replace")
    return text if text.count("\ufffd") <= MAX_DAMAGE * len(text) else decode(data)


def _declared_codec(head: bytes) -> str | None:
    import codecs

    declared = _DECLARED.search(head)
    try:
        name = codecs.lookup(declared[1].decode("ascii")).name if declared else ""
    except LookupError:
        return None
    # Python has codecs that are not text encodings, and some that take quadratic time.
    return _AS_BROWSERS_DO.get(name, name) if _TEXT_CODECS.fullmatch(name) else None
