"""``citebot eval``: measure the answers on a file of labelled questions."""

import argparse
from pathlib import Path

from bot.answer_json import to_line
from bot.commands.opening import open_engine
from bot.progress import counting
from bot.settings import Settings
from qa.evaluate import evaluate
from qa.questions import read_questions


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run the command."""
    questions = read_questions(Path(arguments.file))
    engine = open_engine(settings)
    with counting("asking") as on_progress:
        report = evaluate(engine, questions, on_progress=on_progress)
    if arguments.plot:
        from qa.plot import draw

        draw(report, arguments.plot)
    if arguments.json:
        print(to_line(report.to_json()))
        return 0
    for name, value in report.rows():
        print(f"{name:44} {value}")
    return 0
