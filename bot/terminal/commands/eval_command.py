"""``citebot eval``: measure the answers on a file of labelled questions."""

import argparse
import os
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

from bot.settings import Settings
from bot.terminal.answer_json import to_line
from bot.terminal.commands.open_engine import open_engine, report_changes
from bot.terminal.progress import progress_bar
from bot.terminal.rendering.output import Part, show_parts, write
from embeddings.errors import CitebotError
from qa.evaluation.evaluate import evaluate
from qa.evaluation.labelled_questions import read_questions
from qa.evaluation.report import Report

PICTURES = (".png", ".svg", ".pdf")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run the command. Files that cannot be read or drawn are reported before anything is measured."""
    questions = read_questions(arguments.file)
    if arguments.plot:
        _check_plot(arguments.plot)
    engine = open_engine(settings)
    report_changes(engine)
    with progress_bar("asking") as on_progress:
        report = evaluate(engine, questions, on_progress=on_progress)
    if arguments.json:
        write(to_line(report.to_json()) + "\n")
    else:
        show_parts(_table(report))
    if arguments.plot:
        from qa.evaluation.plot import draw

        draw(report, arguments.plot)
    return 0


def _table(report: Report) -> Iterator[Part]:
    rows = [row for row in _rows(report) if row[2] is not None]
    width = max(len(figure) for _, figure, _ in rows)
    for group, members in groupby(rows, key=lambda row: row[0]):
        yield f"{group}\n", "label"
        for _, figure, value in members:
            yield f"  {figure:{width}}  {_shown(value):>9}\n", "plain"


def _rows(report: Report) -> Iterator[tuple[str, str, float | int | str | None]]:
    """Yield group, figure and value; None if no question counts towards it."""
    yield "all questions", "asked", report.all.questions
    yield "all questions", "not usable", report.unusable or None
    yield "all questions", "threshold", report.threshold
    yield "all questions", "exact match, refusals counted (SQuAD v2)", report.all.exact_match
    yield "all questions", "F1, refusals counted (SQuAD v2)", report.all.f1
    yield "all questions", "exact match of the answers given", report.all.right_when_answered
    if report.unanswerable.questions:
        yield "unanswerable", "asked", report.unanswerable.questions
        yield "unanswerable", "answered", report.unanswerable.answered
    if report.answerable.questions:
        yield "answerable", "asked", report.answerable.questions
        yield "answerable", "answered", report.answerable.answered
        yield "answerable", "exact match", report.answerable.exact_match
        yield "answerable", "F1", report.answerable.f1
        yield "retrieval", "gold answer in the first quote, nothing refused", report.gold_in_first_quote
        for k, share in report.recall.items():
            yield "retrieval", f"recall@{k} of the gold answer", share
        yield "retrieval", "questions judged by position", report.located
    yield "confidence", "AUROC, right or wrong", report.auroc
    yield "confidence", "expected calibration error", report.calibration_error
    yield "confidence", "threshold for 1 false answer in 10 unanswerable", report.proposed_threshold
    yield "confidence", "answerable answered there", report.answered_at_proposed
    yield "quotes", "compared with the documents", report.quotes
    yield "quotes", "not equal to the document", report.faults
    for name, seconds in (("p50", report.ask_p50_s), ("p95", report.ask_p95_s)):
        yield "time", f"one question, {name}", None if seconds is None else f"{1000 * seconds:,.1f} ms"


def _shown(value: float | int | str) -> str:
    return f"{value:.3f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else value


def _check_plot(path: Path) -> None:
    if path.suffix.lower() not in PICTURES:
        raise CitebotError(f"--plot has {path}, expected a file ending in {', '.join(PICTURES)}: rename it")
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK) or path.is_dir():
        raise CitebotError(f"--plot has {path}, which cannot be written: name a file in a writable folder")
    if find_spec("matplotlib") is None:
        raise CitebotError("matplotlib, which draws --plot, is missing: install it with `pip install citebot[plot]`")
