"""A progress bar on stderr, if that is a terminal; else nothing."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embeddings.index.build import Progress


@contextmanager
def build_progress() -> Iterator["Callable[[Progress], None] | None"]:
    """Show a build's progress; None without a terminal, so that nothing is computed for it."""
    if not sys.stderr.isatty():
        yield None
        return
    with _bar("indexing") as advance:
        yield lambda progress: advance(
            progress.documents_done, progress.documents_total, f"{progress.chunks:,} chunks encoded"
        )


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show ``done`` of ``total``; None without a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    with _bar(what) as advance:
        yield lambda done, total: advance(done, total, "")


@contextmanager
def _bar(what: str) -> Iterator[Callable[[int, int, str], None]]:
    """A bar that appears with the first step, as there may be nothing to do, and disappears at the end."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    # Results go to stdout as they are; only notices on stderr are led around the bar.
    bar = Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False)
    task = bar.add_task(what, total=None, note="", visible=False)

    def advance(done: int, total: int, note: str) -> None:
        bar.start()  # a second start does nothing; without a step, the terminal is sent nothing
        bar.update(task, completed=done, total=total, note=note, visible=done < total, refresh=True)

    try:
        yield advance
    finally:
        if bar.live.is_started:
            bar.stop()
