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
from typing import BinaryIO

from embeddings.documents.loaded import LoadError
from embeddings.documents.loaders.formats import load
from embeddings.documents.structure import structure_to_json

MEMORY_BYTES = 1 << 30
"""Address space. Seen: 0.5 GB for a page of 10 MB with 200,000 paragraphs, 0.6 GB for a docx of a million."""
CPU_SECONDS = 60
"""For one file. The builder's clock ends a file sooner; this ends a worker whose builder was killed."""
IDLE_SECONDS = 60.0
"""A worker that nobody asks anything ends, so that a bot that runs for weeks does not keep it."""


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
        loaded = load(request["format"], requests.read(request["bytes"]))
    except LoadError as error:
        return _packed({"error": str(error)})
    fields = {name: getattr(loaded, name) for name in ("text", "title", "date", "url", "warning")}
    return _packed(fields | {"structure": structure_to_json(loaded.structure)})


def _packed(reply: dict) -> bytes:
    """Pack a reply; half characters, which UTF-8 cannot hold, become question marks."""
    return json.dumps(reply, default=str, ensure_ascii=False).encode("utf-8", "replace")


if __name__ == "__main__":
    main()
