"""Text that programs write line by line: CSV, JSON, notebooks, subtitles. Python's own parsers read them."""

import csv
import io
import json
import re
from collections import Counter
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
_SPEAKER = re.compile(r"<v(?:\.[\w.]+)?\s+([^<>\n]{1,60})>")
"""Who speaks, in WebVTT."""
_TAG = re.compile(r"<[^<>\n]{1,60}>|\{\\[^{}\n]{1,60}\}")
_STOP = re.compile(r"[.!?…\"”)]\s*$")


def load_csv(data: bytes) -> Loaded:
    """Read a table of comma-, semicolon- or tab-separated values: a row a line, the first names the columns.

    Lines of one cell above them, such as a title or a comment of the program that wrote it, are text over the table.

    Raises:
        LoadError: no row in it.
    """
    text = decode(data).removeprefix("\ufeff")
    try:
        read = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), skipinitialspace=True)
        rows = [[" ".join(cell.split()) for cell in row] for row in read]
    except csv.Error as error:
        raise LoadError(f"damaged CSV ({error})") from error
    rows = [row for row in rows if any(row)]
    if not rows:
        raise LoadError("CSV without rows")
    head = next((at for at, row in enumerate(rows) if len([cell for cell in row if cell]) > 1), 0)
    above = "".join(f"{next(filter(None, row))}\n\n" for row in rows[:head])
    lines = [join_cells(row) for row in rows[head:]]
    joined = above + "\n".join(lines)
    table = Table(len(above), len(joined), len(above) + len(lines[0]), lines[0])
    return Loaded(joined, "", structure=Structure(tables=(table,)))


def _delimiter(text: str) -> str:
    """Return the sign that parts most of the rows into equally many cells, and into the most.

    ``csv.Sniffer`` counts signs inside quotation marks too, and takes the comma of "Berg, Ida" for one that parts.

    >>> _delimiter('Name;Goals\\nBerg, Ida;14\\nLie, Per;9')
    ';'
    """

    def fit(delimiter: str) -> tuple[float, int]:
        read = csv.reader(io.StringIO(text[:SAMPLE_CHARACTERS], newline=""), delimiter=delimiter, skipinitialspace=True)
        widths = [len(row) for row in islice(read, SAMPLE_ROWS) if row]
        parted = Counter(width for width in widths if width > 1)
        width, count = max(parted.items(), key=lambda one: (one[1], one[0]), default=(0, 0))
        return count / max(1, len(widths)), width

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
    parts: list[str] = []
    speaker = None
    for block in re.split(r"\n[ \t]*\n", decode(data).replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.strip().split("\n")
        at = next((number for number, line in enumerate(lines) if _CUE_TIME.search(line)), None)
        cue = "" if at is None else "\n".join(lines[at + 1 :])
        if text := " ".join(_TAG.sub("", cue).split()):
            who = _SPEAKER.search(cue)
            changed = who is not None and who[1] != speaker
            speaker = who[1] if who else speaker
            seam = "" if not parts else "\n\n" if changed or _STOP.search(parts[-1]) else " "
            parts.append(f"{seam}{speaker}: {text}" if changed else seam + text)
    if not parts:
        raise LoadError("subtitles without text")
    return Loaded("".join(parts))
