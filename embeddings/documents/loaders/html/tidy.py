"""A page's tree made plain before it is read: consent boxes and marks go, lists and tables become simple ones.

What an extractor would glue, tear or drop is put right here, for it and for the reading of whole pages alike.
"""

import re
from string import ascii_lowercase

from embeddings.documents.loaders.html.metadata import ASIDES
from embeddings.documents.loaders.html.signs import LINE_BREAK, NUMBERED
from embeddings.documents.loaders.html.tables import plain_table, whole_number
from embeddings.documents.loaders.superscripts import LOWERED, RAISED

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
MAX_LIST_ITEMS = 60
MIN_CAPTION_WORDS = 5
"""A shorter caption of a picture names its photographer."""
MAX_TERM = 80
"""Characters. A longer term of a definition list is a sentence of its own."""
_BOXES = re.compile(
    r"cookie|consent|gdpr|newsletter|subscribe|paywall|advertisement|\b(?:promo|promotion|sponsored)(?:$|[ _-])",
    re.IGNORECASE,
)
_TOOLS = frozenset(("mw-editsection", "toc", "printfooter"))
"""Classes of what a wiki puts into its articles and is not of them."""
_MARK = re.compile(r"\[(?:[^\[\]\n]{1,12}|[a-z ]{1,30}(?: needed)?\??)\]|[*†‡§¶]+")
_NUMBERS = re.compile(r"\d{1,3}(?:[,; –-]+\d{1,3})*")


def tidy(tree) -> None:
    """Change a page, or a part of one, in place."""
    _drop_boxes(tree)
    _lift_marks(tree)
    _open_folds(tree)
    for before in tree.iter("span"):
        _part_from_next(before)
    for caption in list(tree.iter("figcaption")):
        _lift_caption(caption)
    _wrap_body(tree)
    for breaking in list(tree.iter("br")):
        _keep_break(breaking)
    for listing in tree.iter("ul", "ol"):
        _plain_list(listing)
    for listing in tree.iter("ol"):
        _number_items(listing)
    for listing in tree.iter("dl"):
        _join_terms(listing)
    for table in list(tree.iter("table")):
        plain_table(table)


def _drop_boxes(tree) -> None:
    """Leave out consent boxes, adverts and a wiki's tools."""
    for element in list(tree.iter("div", "section", "form", "dialog")):
        named = f"{element.get('id', '')} {element.get('class', '')}"
        if _BOXES.search(named) and len(element.findall(".//p")) < 4 and element.getparent() is not None:
            element.drop_tree()
    for element in list(tree.iter("div", "span", "nav", "table")):
        if not _TOOLS.isdisjoint((element.get("class") or "").split()) and element.getparent() is not None:
            element.drop_tree()


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


def _part_from_next(before) -> None:
    """Put a space between two spans that only their style keeps apart, such as a label and its value."""
    after = before.getnext()
    if before.tail or after is None or after.tag != "span":
        return
    end, start = "".join(before.itertext())[-1:], "".join(after.itertext())[:1]
    if (end.islower() or end.isdigit() or end == ":") and (start.isupper() or (start.isdigit() and not end.isdigit())):
        before.tail = " "


def _open_folds(tree) -> None:
    """Make headings of what a reader clicks to unfold a text, such as the questions of a FAQ."""
    for button in list(tree.iter("button")):
        if any(one.tag in (*HEADINGS, "dt", "summary") for one in button.iterancestors()):
            button.drop_tag()
    for summary in list(tree.iter("summary")):
        details = summary.getparent()
        if details is not None and details.tag == "details":
            summary.tag = "h4"
            for inner in summary.findall(".//*"):
                inner.drop_tag()
            details.tag = "div"


def _lift_caption(caption) -> None:
    """Make a paragraph below its figure of a caption that tells something."""
    figure = next(caption.iterancestors("figure"), None)
    if figure is None or figure.find(".//table") is not None or len(caption.text_content().split()) < MIN_CAPTION_WORDS:
        return
    tail, figure.tail, caption.tail = figure.tail, None, None
    for inner in list(caption.iter("p", "div")):
        inner.drop_tag()
    figure.addnext(caption)
    caption.tag, caption.tail = "p", tail


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


def _number_items(listing) -> None:
    """Write the numbers or letters of a numbered list: a text may refer to them."""
    items = listing.findall("li")
    if not 0 < len(items) <= MAX_LIST_ITEMS or listing.get("reversed") is not None:
        return
    lettered = listing.get("type") in ("a", "A") and len(items) <= len(ascii_lowercase)
    number = whole_number(listing.get("start"), 1)
    for item in items:
        number = whole_number(item.get("value"), number)
        sign = ascii_lowercase[number - 1] if lettered and 0 < number <= len(ascii_lowercase) else str(number)
        item.text = f"{NUMBERED}{sign.upper() if listing.get('type') == 'A' else sign}. {(item.text or '').lstrip()}"
        number += 1


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
