"""``citebot search``: the passages alone, with each channel's rank and score."""

import argparse

from bot.settings import Settings
from bot.terminal.answer_json import passage_to_json, to_line
from bot.terminal.commands.open_engine import filters_of, open_engine, report_changes
from bot.terminal.question_input import typed_question
from bot.terminal.rendering.output import show_passages, write


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run the command."""
    filters = filters_of(arguments)
    question = typed_question(arguments.question)
    engine = open_engine(settings)
    report_changes(engine)
    passages = engine.search(question, top=arguments.top, filters=filters)
    if arguments.json:
        write(to_line([passage_to_json(passage) for passage in passages]) + "\n")
    else:
        show_passages(passages)
    return 0
