"""The worker process: reads formats whose parsers may hang, crash or swell, under a memory cap, one file a request.

Request: a line of JSON with ``format`` and ``path``. Reply: a line of JSON with the fields of ``Loaded``, or ``error``.
Nothing but JSON crosses, so nothing a file holds can become an object.
"""

import json
import resource
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from embeddings.loaders.docx import load_docx
from embeddings.loaders.html_page import load_html
from embeddings.loaders.loaded import Loaded, LoadError
from embeddings.loaders.pdf import load_pdf

MEMORY_BYTES = 2 << 30
LOADERS: dict[str, Callable[[str], Loaded]] = {
    "html": lambda path: load_html(Path(path).read_bytes()),
    "docx": lambda path: load_docx(Path(path).read_bytes()),
    "pdf": load_pdf,
}


def answer(line: str) -> str:
    """Load what a request names and return the reply."""
    request = json.loads(line)
    try:
        loaded = LOADERS[request["format"]](request["path"])
    except LoadError as error:
        return json.dumps({"error": str(error)})
    except MemoryError:
        return json.dumps({"error": f"needs more than {MEMORY_BYTES >> 30} GiB of memory to read"})
    except Exception as error:  # a parser's own failure is that file's, not the build's
        return json.dumps({"error": f"damaged {request['format']} ({type(error).__name__})"})
    return json.dumps(asdict(loaded), default=str)


def main() -> None:
    """Serve requests until the input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    replies = sys.stdout
    # A parser that prints must not be taken for a reply.
    sys.stdout = sys.stderr
    for line in sys.stdin:
        replies.write(answer(line) + "\n")
        replies.flush()


if __name__ == "__main__":
    main()
