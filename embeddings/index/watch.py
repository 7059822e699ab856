"""Keep the index up to date while files come, change and go."""

import logging
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from embeddings.documents.folder import check_folder
from embeddings.encoder.encoder import Encoder, load_encoder
from embeddings.errors import CitebotError
from embeddings.index.build import BuildReport, Progress, build_index

log = logging.getLogger("citebot")

DEBOUNCE_MS = 800
"""Changes this close together make one build: editors and downloads write a file in several steps."""


def watch(
    docs: Path,
    index: Path,
    *,
    encoder: Encoder | None = None,
    encoder_name: str | None = None,
    cache: Path | None = None,
    on_report: Callable[[BuildReport], None] = lambda report: None,
    on_progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
    build_index: Callable[..., BuildReport] = build_index,
) -> None:
    """Build once, then again after every change below ``docs``, until ``stop`` is set.

    ``build_index`` is that of the kind of index that is meant.

    A build that fails after the first is logged and tried again at the next change: the old index goes on answering.

    Raises:
        CitebotError: the first build fails.
    """
    from watchfiles import watch as watch_files

    check_folder(docs)  # a missing folder is told in citebot's own words
    build = _builder(
        partial(build_index, docs, index), encoder, partial(load_encoder, encoder_name, cache), on_progress
    )
    stop = stop or threading.Event()
    own = index.absolute() if isinstance(index, Path) else None
    ready = threading.Event()

    def is_of_interest(change: object, path: str) -> bool:
        return own is None or not Path(path).is_relative_to(own)

    # The watch starts before the first build, so that a change made during it is not missed.
    changes = watch_files(
        docs, watch_filter=is_of_interest, debounce=DEBOUNCE_MS, stop_event=stop, yield_on_timeout=True
    )
    for batch in changes:
        if ready.is_set() and not batch:
            continue
        try:
            on_report(build())
        except CitebotError:
            if not ready.is_set():
                raise
            log.exception("the index could not be brought up to date; the old one goes on answering")
        ready.set()


def _builder(build_index, encoder, load, on_progress) -> Callable[[], BuildReport]:
    loaded = encoder

    def build() -> BuildReport:
        nonlocal loaded
        loaded = loaded or load()
        return build_index(encoder=loaded, on_progress=on_progress)

    return build
