"""PowerPoint by lxml: titles, text, tables and the speaker's notes, slide after slide. Runs in the worker process only.

A slide's words come in runs, often several to a word or a number. Kreuzberg puts a space between runs ("4,51 2") and
backslashes around bold ones, and leaves out the notes.
"""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import replace

from embeddings.documents.files.dates import read_date
from embeddings.documents.loaded import Loaded, LoadError
from embeddings.documents.loaders.blocks import Block, join_blocks, stated_facts
from embeddings.documents.loaders.office.archive import check_archive
from embeddings.documents.loaders.superscripts import raise_figures
from embeddings.documents.loaders.xml_text import xml_parser
from embeddings.documents.structure import join_cells

TEMPLATE_DATE = "2013-01-27"
"""The creation date in python-pptx's own template."""
PROGRAMS = frozenset(("python-pptx", "PptxGenJS", "Steve Canny"))
"""What programs and their templates enter as the author."""
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_LEFT_OUT = frozenset(("sldNum", "dt", "ftr", "hdr"))
"""Placeholders that repeat on each slide."""
_BULLETED = frozenset(("body", "obj"))
"""Placeholders whose paragraphs are items of a list."""
_PRESENTATION = "ppt/presentation.xml"


def load_pptx(data: bytes) -> Loaded:
    """Read the slides of a presentation.

    Raises:
        LoadError: damaged, encrypted, a bomb, or without text.
    """
    from lxml import etree

    check_archive(data, "pptx")
    parser = xml_parser()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())

        def part(name: str):
            return etree.fromstring(archive.read(name), parser) if name in names else None

        try:
            blocks = [block for slide in _slides(part) for block in _blocks(slide)]
            facts = part("docProps/core.xml")
        except etree.XMLSyntaxError as error:
            raise LoadError(f"damaged pptx (line {error.lineno})") from error
    return _joined(blocks, [] if facts is None else list(facts))


def _joined(blocks: list[Block], facts: list) -> Loaded:
    text, structure = join_blocks(blocks)
    if not any(character.isalnum() for character in text):
        raise LoadError("pptx without text")
    stated = stated_facts(facts)
    date = None if stated.get("created", "").startswith(TEMPLATE_DATE) else read_date(stated.get("created"))
    author = stated.get("creator") if stated.get("creator") not in PROGRAMS else None
    structure = replace(structure, author=author or None, date_of_file=date is not None)
    title = stated.get("title") if stated.get("title") != "PowerPoint Presentation" else None
    return Loaded(text, title or next((one.text for one in structure.headings), None), date, None, structure)


def _slides(part) -> Iterator:
    """Yield each slide in the order of the presentation, the notes to it behind it."""
    linked = _relations(part, _PRESENTATION)
    for mention in part(_PRESENTATION).iter(_P + "sldId"):
        name, _ = linked.get(mention.get(_R + "id"), ("", ""))
        if (slide := part(name)) is None:
            continue
        yield slide
        for target, kind in _relations(part, name).values():
            if kind.endswith("/notesSlide") and (notes := part(target)) is not None:
                yield notes


def _relations(part, name: str) -> dict[str, tuple[str, str]]:
    """Return the name and the kind of each part that a part refers to."""
    folder, own = posixpath.split(name)
    root = part(f"{folder}/_rels/{own}.rels")
    return {
        one.get("Id"): (
            posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/"),
            one.get("Type", ""),
        )
        for one in (root if root is not None else ())
        if one.get("TargetMode") != "External"
    }


def _blocks(slide) -> Iterator[Block]:
    """Yield the kind and the text of each title, paragraph and table of a slide, or of its notes."""
    for shape in slide.iter(_P + "sp", _A + "tbl"):
        if any(one.tag == _FALLBACK for one in shape.iterancestors()):
            continue  # The same again, for older programs.
        if shape.tag == _A + "tbl":
            rows = (join_cells(cells) for cells in _rows(shape) if any(cells))
            if text := "\n".join(rows):
                yield "table", text
            continue
        place = shape.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
        kind = place.get("type", "body") if place is not None else ""
        texts = [text for one in shape.iter(_A + "p") if (text := _line(one))]
        if kind in ("title", "ctrTitle") and texts:
            yield "title", " ".join(" ".join(texts).split())
        elif place is not None and kind in _BULLETED and len(texts) > 1 and _has_bullets(slide, shape):
            yield "list", "\n".join(f"- {text}" for text in texts)
        elif kind not in _LEFT_OUT:
            yield from (("text", text) for text in texts)


def _has_bullets(slide, shape) -> bool:
    """Tell whether a placeholder's paragraphs have the bullets that a slide gives them, as its notes do not."""
    return slide.tag == _P + "sld" and not any(True for _ in shape.iter(_A + "buNone"))


def _rows(table) -> Iterator[list[str]]:
    for row in table.iterchildren(_A + "tr"):
        yield [
            " ".join(" ".join(filter(None, map(_line, cell.iter(_A + "p")))).split())
            for cell in row.iterchildren(_A + "tc")
        ]


def _line(paragraph) -> str:
    parts = []
    for child in paragraph.iterchildren(_A + "r", _A + "br", _A + "fld"):
        text = "\n" if child.tag == _A + "br" else child.findtext(_A + "t") or ""
        facts = child.find(_A + "rPr")
        raised = facts is not None and not facts.get("baseline", "-").startswith(("-", "0"))
        parts.append(raise_figures(text) if raised else text)
    return "".join(parts).replace("\v", "\n").strip()
