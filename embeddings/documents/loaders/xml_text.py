"""Feeds (RSS, Atom) and other XML with text in it, by lxml. Runs in the worker process only.

Kreuzberg writes element names into the text and leaves the tags of a feed's HTML in it.
"""

from collections.abc import Iterator

from embeddings.documents.files.dates import read_date
from embeddings.documents.loaded import Loaded, LoadError
from embeddings.documents.loaders.html.signs import with_breaks
from embeddings.documents.loaders.html.tidy import tidy
from embeddings.documents.loaders.html.whole_text import whole_text
from embeddings.documents.structure import Heading, Structure

_BODIES = ("content", "encoded", "description", "summary")
"""Elements of an entry that hold its text, the fullest first."""
_DAYS = ("pubdate", "published", "updated", "date")
_UNSEEN = frozenset(("script", "style", "metadata", "defs"))


def xml_parser():
    """Return lxml's parser without entities: they may name other files, or grow without end."""
    from lxml import etree

    return etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)


def load_xml(data: bytes) -> Loaded:
    """Read a feed's entries, each under its title, or the text of any other XML file, an element a line.

    Raises:
        LoadError: damaged, or without text.
    """
    from lxml import etree

    try:
        root = etree.fromstring(data, xml_parser())
    except etree.XMLSyntaxError as error:
        raise LoadError(f"damaged XML (line {error.lineno})") from error
    entries = [one for one in root.iter() if _name(one) in ("item", "entry")]
    return _load_feed(root, entries) if entries and _name(root) in ("rss", "feed", "rdf") else _load_any(root)


def _load_feed(root, entries: list) -> Loaded:
    parts: list[str] = []
    headings: list[Heading] = []
    length = 0
    for entry in entries:
        title = _plain(_child_text(entry, "title"))
        body = next((text for name in _BODIES if (text := _plain(_child_text(entry, name)))), "")
        if title:
            headings.append(Heading(length, length + len(title), 2, title))
        day = max(filter(None, (_day(entry, name) for name in _DAYS)), default=None)
        dated = f"Published: {day.day} {day:%B %Y}" if day and len(entries) > 1 else ""
        for part in filter(None, (title, dated, body)):
            parts.append(part)
            length += len(part) + 2
    if not parts:
        raise LoadError("feed without text")
    feed = next((one for one in root.iter() if _name(one) in ("channel", "feed")), root)
    title = _plain(_child_text(feed, "title")) or (headings[0].text if headings else None)
    days = [_day(entry, name) for entry in entries for name in _DAYS]
    newest = max(filter(None, days), default=None)
    return Loaded("\n\n".join(parts), title, newest, None, Structure(headings=tuple(headings)))


def _load_any(root) -> Loaded:
    text = "\n\n".join("\n".join(record) for record in _records(root))
    if not any(character.isalpha() for character in text):
        raise LoadError("XML without text")
    return Loaded(text, "" if ": " in text.partition("\n")[0] else None)


def _records(root) -> Iterator[list[str]]:
    """Yield the text of each element that holds any of its own, a paragraph each.

    Short values side by side are a record: they are lines of one paragraph, each with its name, as in a table.
    """
    record: list[str] = []
    parent = None
    for element in root.iter():
        if _name(element) in _UNSEEN or _has_text(element.getparent()) or not _has_text(element):
            continue
        text = " ".join("".join(element.itertext()).split())
        if record and element.getparent() is not parent:
            yield record
            record = []
        parent = element.getparent()
        if _is_record(parent):
            record.append(f"{element.tag.rpartition('}')[2]}: {text}")
        else:
            yield [text]
    if record:
        yield record


def _is_record(element) -> bool:
    """Tell whether an element holds values: short texts, each under another name."""
    if element is None:
        return False
    values = [child for child in element if isinstance(child.tag, str) and _has_text(child)]
    names = {_name(child) for child in values}
    return len(values) > 1 and len(names) == len(values) and all(len(child) == 0 for child in values)


def _has_text(element) -> bool:
    if element is None or not isinstance(element.tag, str):
        return False
    return bool((element.text or "").strip()) or any((child.tail or "").strip() for child in element)


def _name(element) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _child_text(element, name: str) -> str:
    return next(("".join(child.itertext()) for child in element if _name(child) == name), "")


def _day(entry, name: str):
    return read_date(_child_text(entry, name))


def _plain(text: str) -> str:
    """Return the text of what may be HTML."""
    from lxml import etree, html

    if "<" not in text and "&" not in text:
        return " ".join(text.split())
    try:
        tree = html.document_fromstring(f"<html><body>{text}</body></html>")
        tidy(tree)
        return with_breaks(whole_text(tree))
    except (etree.ParserError, ValueError):
        return ""
