"""``citebot ask``: one question, or a file of them, one answer a line."""

import argparse
import sys
from dataclasses import replace

from bot.answer_json import answer_to_json, to_line
from bot.commands.opening import filters_of, open_engine, say_what_changed
from bot.rendering import print_answer
from bot.settings import Settings
from embeddings.filters import Filters
from qa.answer import Answer
from qa.engine import Engine
from qa.question import UnusableQuestion, tidy

USAGE = 2


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run the command."""
    if (arguments.question is None) == (arguments.batch is None):
        print(
            "citebot ask: give one question in quotes, or --batch FILE.jsonl (see `citebot ask --help`)",
            file=sys.stderr,
        )
        return USAGE
    if arguments.batch is not None:
        return _ask_batch(arguments, settings)
    # What can't be asked is said before an index is opened, let alone built.
    question = readable(arguments.question)
    tidy(question)
    engine = open_engine(settings)
    say_what_changed(engine)
    answer = engine.ask(question, top=arguments.top, filters=filters_of(arguments))
    if arguments.json:
        print(to_line(answer_to_json(answer)))
    else:
        print_answer(answer)
    return 0


def readable(text: str) -> str:
    """Return text from the command line with the bytes that are not UTF-8 replaced, not smuggled."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _ask_batch(arguments: argparse.Namespace, settings: Settings) -> int:
    from qa.questions import read_batch

    engine, filters = None, filters_of(arguments)
    for line in read_batch(arguments.batch):
        if engine is None:
            engine = open_engine(settings)
            say_what_changed(engine)
        answer = _ask_one(engine, line.question, arguments.top, filters)
        if arguments.json:
            print(to_line(answer_to_json(answer, line.id)), flush=True)
        else:
            print_answer(answer, heading=line.question)
    return 0


def _ask_one(engine: Engine, question: str, top: int, filters: Filters) -> Answer:
    """Answer one line of a batch; a question that can't be asked is refused, and the batch goes on."""
    try:
        return replace(engine.ask(question, top=top, filters=filters), question=question)
    except UnusableQuestion as error:
        return Answer(question, None, 0.0, (), str(error))
