"""How follow-up questions are understood: on TREC CAsT 2019 without articles, and with answers on new_wiki.

    python benchmarks/answers/follow_ups.py DATA_DIR [--verbose]

DATA_DIR holds ``cast2019_topics.json.gz`` and ``cast2019_resolved.tsv.gz`` (Dalton et al. 2020: each turn as asked and
as a stand-alone question) and ``squadshifts_new_wiki.json.gz`` (Miller et al. 2020). The conversations over the 12
development articles of new_wiki are in ``follow_up_turns.jsonl``: ``right`` is a pattern that a right answer matches;
null if the articles do not say, so that a refusal is right.
"""

import argparse
import gzip
import json
import re
import sys
import tempfile
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from new_wiki import DEV_TITLES, read_articles  # noqa: E402 - runs from a checkout, too

from embeddings.index.build import build_index  # noqa: E402
from embeddings.text.words import tokenize  # noqa: E402
from qa.answer import Answer, Turn  # noqa: E402
from qa.engine import Engine  # noqa: E402
from qa.question.follow_up import completions, stands_alone  # noqa: E402

TURNS = Path(__file__).with_suffix("").with_name("follow_up_turns.jsonl")


@dataclass
class Tally:
    alone: int = 0
    changed: int = 0
    lean: int = 0
    first: int = 0
    """The first completion holds every word that the stand-alone form of the turn adds."""
    any: int = 0
    """One of the completions does."""


def cast(data: Path, verbose: bool) -> Tally:
    """Complete every turn of CAsT, given the turns before it as they were understood."""
    with gzip.open(data / "cast2019_resolved.tsv.gz", "rt", encoding="utf-8") as file:
        resolved = dict(line.rstrip("\n").split("\t") for line in file)
    with gzip.open(data / "cast2019_topics.json.gz", "rt", encoding="utf-8") as file:
        topics = json.load(file)
    tally = Tally()
    for topic in topics:
        history: list[Turn] = []
        for turn in topic["turn"]:
            asked, meant = turn["raw_utterance"].strip(), resolved[f"{topic['number']}_{turn['number']}"]
            proposed = completions(asked, history)
            changed = bool(proposed) and not stands_alone(asked)
            if _letters(asked) == _letters(meant):
                tally.alone += 1
                tally.changed += changed
            else:
                wanted = set(tokenize(meant)) - set(tokenize(asked)) or set(tokenize(meant))
                fits = [wanted <= set(tokenize(one)) for one in proposed]
                tally.lean += 1
                tally.first += fits[:1] == [True]
                tally.any += any(fits)
                if verbose and fits[:1] != [True]:
                    print(f"{asked} | {meant} | {proposed}")
            history.append(Turn(proposed[0] if changed else asked, Answer(asked, None, 0.0, ())))
    return tally


def _letters(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


def new_wiki(data: Path, verbose: bool) -> tuple[int, int, int, int]:
    """Run the conversations; return how many turns and follow-ups there are, and how many of each were right."""
    turns = [json.loads(line) for line in TURNS.read_text(encoding="utf-8").splitlines()]
    count = right = later = later_right = 0
    with tempfile.TemporaryDirectory() as folder:
        docs, index = Path(folder, "docs"), Path(folder, "index")
        docs.mkdir()
        for article in read_articles(data)[-DEV_TITLES:]:
            (docs / article.file).write_text(article.text, encoding="utf-8", newline="")
        build_index(docs, index)
        engine = Engine.open(docs, index)
        for _, conversation in groupby(turns, key=lambda turn: turn["conversation"]):
            history: list[Turn] = []
            for turn in conversation:
                answer = engine.ask(turn["question"], history=history)
                good = not answer.answered if turn["right"] is None else _fits(turn["right"], answer.text)
                count, right = count + 1, right + good
                if history:
                    later, later_right = later + 1, later_right + good
                if verbose or not good:
                    print(
                        f"{'right' if good else 'WRONG'}  {turn['question']}  [{answer.understood or ''}]"
                        f"  {answer.text}  {answer.confidence:.2f}"
                    )
                history = [*history, Turn(answer.understood or turn["question"], answer)]
        engine.close()
    return count, right, later, later_right


def _fits(pattern: str, text: str | None) -> bool:
    return text is not None and bool(re.search(pattern, text, re.IGNORECASE))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, metavar="DATA_DIR")
    parser.add_argument("--verbose", action="store_true", help="print each turn")
    arguments = parser.parse_args()
    tally = cast(arguments.data, arguments.verbose)
    print(
        f"CAsT 2019: of {tally.alone} turns that stand alone {tally.changed} are changed"
        f" ({tally.changed / tally.alone:.1%}); of {tally.lean} others {tally.first / tally.lean:.1%} get the referent"
        f" first, {tally.any / tally.lean:.1%} at all"
    )
    count, right, later, later_right = new_wiki(arguments.data, arguments.verbose)
    print(
        f"new_wiki: {right} of {count} turns answered as a careful person would ({right / count:.0%}),"
        f" {later_right} of the {later} that follow another ({later_right / later:.0%})"
    )


if __name__ == "__main__":
    main()
