"""Text that programs write line by line: CSV, JSON, notebooks, subtitles. Python's own parsers read them."""

import csv
import io
import json
import re
from collections.abc import Iterator
from itertools import islice

from embeddings.documents.files.decode import decode
from embeddings.documents.loaded import Loaded, LoadError
from embeddings.documents.loaders.outline import find_outline
from embeddings.documents.structure import Structure, Table, join_cells

MAX_DEPTH = 100
SAMPLE_CHARACTERS = 8192
SAMPLE_ROWS = 50
"""Rows that show which sign parts the cells."""
_CUE_TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?[.,]\d{3}\s+-->\s")
_TAG = re.compile(r"<[^<>\n]{1,60}>|\{\\[^{}\n]{1,60}\}")
_STOP = re.compile(r"[.!?…\"”)]\s*$")


def load_csv(data: bytes) -> Loaded:
    """Read a table of comma-, semicolon- or tab-separated values: a row a line, the first names the columns.

    Raises:
        LoadError: no row in it.
    """
    text = decode(data).removeprefix("\ufeff")
    try:
        read = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), skipinitialspace=True)
        rows = [[" ".join(cell.split()) for cell in row] for row in read]
    except csv.Error as error:
        raise LoadError(f"damaged CSV ({error})") from error
    lines = [join_cells(row) for row in rows if any(row)]
    if not lines:
        raise LoadError("CSV without rows")
    joined = "\n".join(lines)
    return Loaded(joined, "", structure=Structure(tables=(Table(0, len(joined), len(lines[0]), lines[0]),)))


def _delimiter(text: str) -> str:
    """Return the sign that parts most of the rows into as many cells as the first, and into the most.

    ``csv.Sniffer`` counts signs inside quotation marks too, and takes the comma of "Berg, Ida" for one that parts.

    >>> _delimiter('Name;Goals\\nBerg, Ida;14\\nLie, Per;9')
    ';'
    """

    def fit(delimiter: str) -> tuple[float, int]:
        read = csv.reader(io.StringIO(text[:SAMPLE_CHARACTERS], newline=""), delimiter=delimiter, skipinitialspace=True)
        widths = [len(row) for row in islice(read, SAMPLE_ROWS) if row]
        if not widths or widths[0] < 2:
            return 0.0, 0
        return sum(width == widths[0] for width in widths) / len(widths), widths[0]

    return max(",;\t|", key=fit)


def load_json(data: bytes) -> Loaded:
    """Read the texts of a JSON file, each with its name before it; a notebook's Markdown cells as an article.

    Raises:
        LoadError: damaged, or without text.
    """
    value = _read_json(decode(data).removeprefix("\ufeff"))
    if isinstance(value, dict) and isinstance(value.get("cells"), list) and "nbformat" in value:
        return _load_notebook(value["cells"])
    records = list(_records("", value, 0))
    if not any(character.isalpha() for record in records for line in record for character in line.partition(": ")[2]):
        raise LoadError("JSON without text")
    title = value.get("title") if isinstance(value, dict) else None
    return Loaded("\n\n".join("\n".join(record) for record in records), title if isinstance(title, str) else "")


def _read_json(text: str) -> object:
    """Read a JSON value, or a file of values, one a line."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            values = [json.loads(line) for line in lines] if len(lines) > 1 else []
        except (ValueError, RecursionError):
            values = []
        if not values or not all(isinstance(one, dict | list) for one in values):
            raise LoadError("damaged JSON") from error
        return values


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


def _records(name: str, value: object, depth: int) -> Iterator[list[str]]:
    """Yield the lines ``name: text`` of each object in a list, and of what is in no list: a record each."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        for inner in value:
            yield from _records(name, inner, depth + 1)
        return
    lines: list[str] = []
    for line in _lines(name, value, depth):
        if isinstance(line, str):
            lines.append(line)
        else:
            if lines:
                yield lines
            lines = []
            yield from _records(*line)
    if lines:
        yield lines


def _lines(name: str, value: object, depth: int) -> Iterator[str | tuple[str, object, int]]:
    """Yield ``name: text`` for every string and number, in order; a list of texts on one line; other lists as such."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _lines(str(key), inner, depth + 1)
    elif isinstance(value, list):
        texts = [str(one) for one in value if isinstance(one, str | int | float) and not isinstance(one, bool)]
        if len(texts) < len(value):
            yield name, value, depth
        elif texts:
            yield f"{name}: " + ", ".join(texts)
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
