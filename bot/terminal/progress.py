"""A progress bar on stderr, if that is a terminal; else nothing."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[..., None] | None]:
    """Yield a function that shows (steps done, their total, a note); None without a terminal.

    The bar appears with the first step, as there may be nothing to do, and disappears at the end.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    # Results go to stdout unchanged; only notices on stderr are printed above the bar.
    bar = Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False)
    task = bar.add_task(what, total=None, note="", visible=False)

    def advance(done: int, total: int, note: str = "") -> None:
        bar.start()  # a second start does nothing; without a step, nothing is written to the terminal
        bar.update(task, completed=done, total=total, note=note, visible=done < total, refresh=True)

    try:
        yield advance
    finally:
        if bar.live.is_started:
            bar.stop()
