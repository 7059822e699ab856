"""The worker process: reads formats whose parsers may hang, crash or take too much memory, one file a request.

Request: a line of JSON with ``format`` and ``bytes``, then so many bytes, the file. Reply: a line of JSON with the
fields of ``Loaded``, or ``error``. Nothing but JSON crosses, so nothing a file holds can become an object; the worker
opens no file of the docs folder itself, so what is parsed is what was hashed.
"""

import json
import os
import resource
import selectors
import sys
from collections.abc import Callable
from functools import partial
from typing import BinaryIO

from embeddings.documents.files.sniff import sniff
from embeddings.documents.loaded import Loaded, LoadError
from embeddings.documents.loaders.csv_json_subtitles import load_csv, load_json, load_subtitles
from embeddings.documents.loaders.docx import load_docx
from embeddings.documents.loaders.html.page import load_html
from embeddings.documents.loaders.mail import load_mail, load_saved_page
from embeddings.documents.loaders.odt import load_odt
from embeddings.documents.loaders.office import MIME_TYPES, load_office
from embeddings.documents.loaders.pdf.load import load_pdf
from embeddings.documents.loaders.plain import load_plain
from embeddings.documents.loaders.pptx import load_pptx
from embeddings.documents.loaders.xml_text import load_xml
from embeddings.documents.structure import structure_to_json

MEMORY_BYTES = 1 << 30
"""Address space. Seen: 0.5 GB for a page of 10 MB with 200,000 paragraphs, 0.6 GB for a docx of a million."""
CPU_SECONDS = 60
"""For one file. The builder's clock ends a file sooner; this ends a worker whose builder was killed."""
IDLE_SECONDS = 60.0
"""A worker that nobody asks anything ends, so that a bot that runs for weeks does not keep it."""
MAX_NESTING = 3
"""Messages attached to messages."""


def _load_mail(data: bytes, depth: int = 0) -> Loaded:
    return load_mail(data, partial(_load_attached, depth=depth + 1))


def _load_attached(data: bytes, name: str, depth: int) -> Loaded:
    """Read a file attached to a message, by its content as any other."""
    kind = sniff(data, name)
    if kind == "text":
        return load_plain(data)
    if kind != "mail":
        return _load(kind, data)
    if depth > MAX_NESTING:
        raise LoadError("message too deep in messages")
    return _load_mail(data, depth)


LOADERS: dict[str, Callable[[bytes], Loaded]] = {
    "html": load_html,
    "docx": load_docx,
    "pdf": load_pdf,
    "odt": load_odt,
    "pptx": load_pptx,
    "mail": _load_mail,
    "mhtml": load_saved_page,
    "xml": load_xml,
    "csv": load_csv,
    "json": load_json,
    "subtitles": load_subtitles,
    **{kind: partial(load_office, kind=kind) for kind in MIME_TYPES},
}


def main() -> None:
    """Serve requests until the input ends or nothing is asked for a while."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    requests = sys.stdin.buffer
    # What a parser prints, in Python or in C, must not be taken for a reply.
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while _is_asked(requests):
        header = requests.readline()
        if not header:
            return
        _limit_cpu()
        replies.write(_answer(json.loads(header), requests) + b"\n")
        replies.flush()


def _is_asked(requests: BinaryIO) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(requests, selectors.EVENT_READ)
        return bool(selector.select(IDLE_SECONDS))


def _limit_cpu() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))


def _answer(request: dict, requests: BinaryIO) -> bytes:
    try:
        loaded = _load(request["format"], requests.read(request["bytes"]))
    except LoadError as error:
        return _packed({"error": str(error)})
    fields = {name: getattr(loaded, name) for name in ("text", "title", "date", "url", "warning")}
    return _packed(fields | {"structure": structure_to_json(loaded.structure)})


def _load(kind: str, data: bytes) -> Loaded:
    try:
        return LOADERS[kind](data)
    except (LoadError, MemoryError):
        raise  # After a MemoryError the process ends: its memory is too full to read the next file.
    except Exception as error:  # a parser's own failure is that file's, not the build's
        raise LoadError(f"damaged {kind} ({type(error).__name__})") from error


def _packed(reply: dict) -> bytes:
    """Pack a reply; half characters, which UTF-8 cannot hold, become question marks."""
    return json.dumps(reply, default=str, ensure_ascii=False).encode("utf-8", "replace")


if __name__ == "__main__":
    main()
