"""``citebot ask``: one question, or a file of them, one answer a line."""

import argparse
import logging
from collections.abc import Callable
from itertools import chain

from bot.settings import Settings
from bot.terminal.answer_json import answer_to_json, to_line
from bot.terminal.arguments import WrongUsage
from bot.terminal.commands.open_engine import filters_of, open_engine, report_changes
from bot.terminal.document_names import names_without_document
from bot.terminal.question_input import BatchLine, read_batch, typed_question
from bot.terminal.rendering.output import show_answer, write
from bot.terminal.rendering.wording import counted
from embeddings.documents.filters import Filters
from embeddings.errors import CitebotError
from qa.answer import Answer
from qa.question.tidy import UnusableQuestion

log = logging.getLogger("citebot")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run the command."""
    filters = filters_of(arguments)
    if arguments.batch is not None:
        if arguments.question:
            raise WrongUsage("a question and --batch were given: give one of the two")
        return _ask_batch(arguments, settings, filters)
    question = typed_question(arguments.question)
    engine = open_engine(settings)
    report_changes(engine)
    answer = engine.ask(question, top=arguments.top, filters=filters)
    if filters and not answer.quotes:
        for line in names_without_document(engine.snapshot, filters):
            log.warning("--in %s", line)
    if arguments.json:
        write(to_line(answer_to_json(answer)) + "\n")
    else:
        show_answer(answer)
    return 0


def _ask_batch(arguments: argparse.Namespace, settings: Settings, filters: Filters) -> int:
    lines = read_batch(arguments.batch)
    first = next(lines, None)
    if first is None:
        log.warning("%s holds no question", arguments.batch)
        return 0
    engine = open_engine(settings)
    report_changes(engine)

    def ask(question: str) -> Answer:
        """Answer one question; an invalid one is refused, and the batch continues."""
        try:
            return engine.ask(question, top=arguments.top, filters=filters)
        except UnusableQuestion as error:
            return _refusal(question, str(error))

    faults = 0
    for line in chain([first], lines):
        if line.fault is not None:
            faults += 1
            log.error("%s", line.fault)
        _answer_line(line, ask, as_json=arguments.json)
    if faults:
        missing = f"{counted(faults, 'line')} without a question"
        raise CitebotError(f"{arguments.batch}: {missing}, named above: correct and ask them again")
    return 0


def _answer_line(line: BatchLine, ask: Callable[[str], Answer], *, as_json: bool) -> None:
    """Answer one line; as JSON, each input line has one output line, which for an invalid line has the reason."""
    if as_json:
        answer = ask(line.question) if line.fault is None else _refusal(line.question, line.fault)
        write(to_line(answer_to_json(answer, line.id)) + "\n")
    elif line.fault is None:
        show_answer(ask(line.question), heading=line.question)
        write("\n")


def _refusal(question: str, reason: str) -> Answer:
    return Answer(question, None, 0.0, (), reason)
