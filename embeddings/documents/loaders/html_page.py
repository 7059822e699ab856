"""HTML by trafilatura: the article without menus and adverts, with its title, date and address.

Trafilatura is the best kept of the extractors (monthly releases, top of its own and others' benchmarks). Its metadata
is not taken: its date may come from the text, a day the article tells of, and of "Site | Headline" it keeps the site.
Runs in the worker process only.
"""

import re
from itertools import pairwise

from embeddings.documents.loaders.decode import decode
from embeddings.documents.loaders.html_facts import read_facts
from embeddings.documents.loaders.loaded import Loaded, LoadError

MAX_DAMAGE = 0.01
"""Share of bytes that may be wrong in a page which declares UTF-8: one bad sign costs that sign, not the page."""
MAX_EXTRACTED_DEPTH = 250
"""Nested elements. Trafilatura parses pages again within itself, and then loses what is nested deeper, as in old tag
soup in which no ``font`` is ever closed."""
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
    """Extract the article of an HTML page.

    Raises:
        LoadError: no text in it.
    """
    tree = _parse(_page_text(data))
    facts = read_facts(tree)
    text = _article(tree)
    if not text:
        raise LoadError("HTML page without text")
    return Loaded(text, facts.title, facts.date, facts.url)


def _parse(page: str):
    """Parse a page or a part of one."""
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=True)
    try:
        tree = html.document_fromstring(page.replace("\0", "").encode("utf-8", "replace"), parser=parser)
    except etree.ParserError as error:
        raise LoadError("HTML page without text") from error
    # libxml2 would drop all that is deeper without a word to the reader.
    if any("Excessive depth" in entry.message for entry in parser.error_log):
        raise LoadError("HTML page nested too deep")
    return tree


def _article(tree) -> str:
    """Return the article's text, the whole page's where trafilatura finds none or would lose what is deep."""
    import trafilatura

    from embeddings.documents.loaders.html_text import whole_text

    whole = whole_text(tree)
    if _depth(tree) > MAX_EXTRACTED_DEPTH:
        return whole
    found = trafilatura.bare_extraction(tree, include_comments=False)
    if found is None or not found.text or "".join(found.text.split()) == "".join(whole.split()):
        # Of a short page trafilatura makes a line of every bit of bold or linked text.
        return whole
    return _paragraphs(found.text)


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
        together = line[:1] in "|-" and line[:1] == above[:1]
        parts.append(("\n" if together else "\n\n") + line)
    return "".join(parts)


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
    # Python knows codecs that are none of text's, and some that take quadratic time.
    return _AS_BROWSERS_DO.get(name, name) if _TEXT_CODECS.fullmatch(name) else None
