"""Text that programs write line by line: CSV, JSON, notebooks, subtitles. Python's own parsers read them."""

import csv
import io
import json
import re
from collections.abc import Iterator

from embeddings.documents.files.decode import decode
from embeddings.documents.loaded import Loaded, LoadError
from embeddings.documents.loaders.outline import find_outline
from embeddings.documents.structure import Structure, Table

MAX_DEPTH = 100
_CUE_TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?[.,]\d{3}\s+-->\s")
_TAG = re.compile(r"<[^<>\n]{1,60}>|\{\\[^{}\n]{1,60}\}")
_STOP = re.compile(r"[.!?…\"”)]\s*$")


def load_csv(data: bytes) -> Loaded:
    """Read a table of comma-, semicolon- or tab-separated values: a row a line, the first names the columns.

    Raises:
        LoadError: no row in it.
    """
    text = decode(data)
    try:
        dialect = csv.Sniffer().sniff(text[:8192], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    try:
        read = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), dialect)
        rows = [[" ".join(cell.split()) for cell in row] for row in read]
    except csv.Error as error:
        raise LoadError(f"damaged CSV ({error})") from error
    lines = [" | ".join(cell or "–" for cell in row) for row in rows if any(row)]
    if not lines:
        raise LoadError("CSV without rows")
    joined = "\n".join(lines)
    return Loaded(joined, None, structure=Structure(tables=(Table(0, len(joined), len(lines[0]), lines[0]),)))


def load_json(data: bytes) -> Loaded:
    """Read the texts of a JSON file, each with its name before it; a notebook's Markdown cells as an article.

    Raises:
        LoadError: damaged, or without text.
    """
    try:
        value = json.loads(decode(data).removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise LoadError("damaged JSON") from error
    if isinstance(value, dict) and isinstance(value.get("cells"), list) and "nbformat" in value:
        return _load_notebook(value["cells"])
    lines = list(_texts("", value, 0))
    if not any(character.isalpha() for line in lines for character in line.partition(": ")[2]):
        raise LoadError("JSON without text")
    title = value.get("title") if isinstance(value, dict) else None
    return Loaded("\n\n".join(lines), title if isinstance(title, str) else None)


def _load_notebook(cells: list) -> Loaded:
    parts = []
    for cell in cells:
        if isinstance(cell, dict) and cell.get("cell_type") == "markdown":
            source = cell.get("source", "")
            parts.append(("".join(map(str, source)) if isinstance(source, list) else str(source)).strip())
    text = "\n\n".join(filter(None, parts))
    if not text:
        raise LoadError("notebook without text")
    headings, tables = find_outline(text)
    return Loaded(text, headings[0].text if headings else None, structure=Structure(headings=headings, tables=tables))


def _texts(name: str, value: object, depth: int) -> Iterator[str]:
    """Yield ``name: text`` for every string and number, in order; lists of texts on one line."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(str(key), inner, depth + 1)
    elif isinstance(value, list):
        if value and all(isinstance(one, str | int | float) and not isinstance(one, bool) for one in value):
            yield f"{name}: " + ", ".join(map(str, value))
        else:
            for inner in value:
                yield from _texts(name, inner, depth + 1)
    elif isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
        yield f"{name}: {value}" if name else str(value)


def load_subtitles(data: bytes) -> Loaded:
    """Read SubRip or WebVTT subtitles as prose: cues are joined until a sentence ends; numbers and times are left out.

    Raises:
        LoadError: no cue in it.
    """
    said: list[str] = []
    for block in re.split(r"\n[ \t]*\n", decode(data).replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.strip().split("\n")
        at = next((number for number, line in enumerate(lines) if _CUE_TIME.search(line)), None)
        if at is not None:
            text = " ".join(" ".join(_TAG.sub("", line).split()) for line in lines[at + 1 :]).strip()
            if text:
                said.append(text)
    if not said:
        raise LoadError("subtitles without text")
    parts = [said[0]]
    for text in said[1:]:
        parts.append(("\n\n" if _STOP.search(parts[-1]) else " ") + text)
    return Loaded("".join(parts))
