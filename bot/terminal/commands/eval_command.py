"""``citebot eval``: measure the answers on a file of labelled questions."""

import argparse
import os
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

from bot.settings import Settings
from bot.terminal.answer_json import to_line
from bot.terminal.commands.opening import open_engine, say_what_changed
from bot.terminal.progress import counting
from bot.terminal.rendering.show import Part, show_parts, write
from embeddings.errors import CitebotError
from qa.evaluation.evaluate import evaluate
from qa.evaluation.labelled import read_questions
from qa.evaluation.report import Report

PICTURES = (".png", ".svg", ".pdf")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run the command. What can't be read or drawn is said before anything is measured."""
    questions = read_questions(arguments.file)
    if arguments.plot:
        _check_plot(arguments.plot)
    engine = open_engine(settings)
    say_what_changed(engine)
    with counting("asking") as on_progress:
        report = evaluate(engine, questions, given=arguments.given, on_progress=on_progress)
    if arguments.json:
        write(to_line(report.to_json()) + "\n")
    else:
        show_parts(_table(report))
    if arguments.plot:
        from qa.evaluation.plot import draw

        draw(report, arguments.plot)
    return 0


def _table(report: Report) -> Iterator[Part]:
    rows = report.rows()
    width = max(len(figure) for _, figure, _ in rows)
    for group, members in groupby(rows, key=lambda row: row[0]):
        yield f"{group}\n", "label"
        for _, figure, value in members:
            yield f"  {figure:{width}}  {value:>9}\n", "plain"


def _check_plot(path: Path) -> None:
    if path.suffix.lower() not in PICTURES:
        raise CitebotError(f"--plot has {path}, wanted is a file ending in {', '.join(PICTURES)}: name it so")
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK) or path.is_dir():
        raise CitebotError(f"--plot has {path}, which cannot be written: name a file in a folder that can")
    if find_spec("matplotlib") is None:
        raise CitebotError("matplotlib, which draws --plot, is missing: install it with `pip install citebot[plot]`")
