"""A progress bar on stderr, on a terminal only."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from embeddings.build import Progress


@contextmanager
def build_progress() -> Iterator[Callable[[Progress], None] | None]:
    """Show a build's progress where a person looks on; None elsewhere, so that nothing is computed for nobody."""
    if not sys.stderr.isatty():
        yield None
        return
    with _bar("indexing") as advance:
        yield lambda progress: advance(
            progress.documents_done, progress.documents_total, f"{progress.chunks} chunks encoded"
        )


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show ``done`` of ``total`` where a person looks on; None elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    with _bar(what) as advance:
        yield lambda done, total: advance(done, total, "")


@contextmanager
def _bar(what: str) -> Iterator[Callable[[int, int, str], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None, note="")
        yield lambda done, total, note: bar.update(task, completed=done, total=total, note=note)
