"""``citebot search``: the passages alone, with each channel's rank and score."""

import argparse

from bot.answer_json import to_line
from bot.commands.ask_command import readable
from bot.commands.opening import filters_of, open_engine, say_what_changed
from bot.rendering import print_passages
from bot.settings import Settings
from embeddings.passage import Passage
from qa.question import tidy


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run the command."""
    question = readable(arguments.question)
    tidy(question)
    engine = open_engine(settings)
    say_what_changed(engine)
    passages = engine.search(question, top=arguments.top, filters=filters_of(arguments))
    if arguments.json:
        for passage in passages:
            print(to_line(passage_to_json(passage)))
    else:
        print_passages(passages)
    return 0


def passage_to_json(passage: Passage) -> dict:
    """Return a passage with its place, its fused score, and each channel's rank and score."""
    return {
        "document": passage.chunk.document,
        "title": passage.title,
        "start": passage.chunk.start,
        "end": passage.chunk.end,
        "text": passage.text,
        "score": round(passage.score, 6),
        "channels": {name: {"rank": hit.rank, "score": round(hit.score, 4)} for name, hit in passage.channels.items()},
        "copies": [copy.document for copy in passage.copies],
    }
