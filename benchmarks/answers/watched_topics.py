"""Precision and recall of /watch: topics over the new_wiki articles, cut into 412 short ones and judged by hand.

    python benchmarks/answers/watched_topics.py DATA_DIR

Each line of ``watched_topics.jsonl`` is a topic and the short articles that mention it. Judged were the articles with
its words, other spellings included, those with half of them and cosine 0.4, and those with cosine 0.45. Prints
precision ("right") and recall ("found") with the thresholds of ``qa/mentions.py``, and with others.
"""

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from new_wiki import read_articles

from embeddings.index.build import build_index
from qa import mentions
from qa.engine import Engine

TOPICS = Path(__file__).with_suffix(".jsonl")
PARAGRAPHS_EACH = 4
NEVER = 2.0
FLOORS = {
    "as they are": {},
    "a sentence alone": {"COSINE_SCATTERED": NEVER, "COSINE_HALF": NEVER},
    "a passage alone": {"COSINE_SCATTERED": -NEVER, "COSINE_HALF": NEVER},
    "half of the words at 0.5": {"COSINE_HALF": 0.5},
    "spelling at 0.79": {"SAME_WORD": 0.79},
    "spelling to the letter": {"SAME_WORD": 1.0},
}


def write_short_articles(data: Path, folder: Path) -> None:
    """Write each article's title with four paragraphs at a time."""
    folder.mkdir()
    for article in read_articles(data):
        texts = [paragraph["context"].strip() for paragraph in article.paragraphs]
        for number, first in enumerate(range(0, len(texts), PARAGRAPHS_EACH), 1):
            text = "\n\n".join([article.title, *texts[first : first + PARAGRAPHS_EACH]])
            (folder / f"{article.title} {number}.txt").write_text(f"{text}\n", encoding="utf-8")


def main() -> None:
    topics = [json.loads(line) for line in TOPICS.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as home:
        docs, index = Path(home) / "docs", Path(home) / "index"
        write_short_articles(Path(sys.argv[1]), docs)
        build_index(docs, index)
        engine = Engine.open(docs, index)
        names = [document.id for document in engine.documents()]
        kept = {name: getattr(mentions, name) for name in ("SAME_WORD", "COSINE_SCATTERED", "COSINE_HALF")}
        for label, floors in FLOORS.items():
            for name, value in (kept | floors).items():
                setattr(mentions, name, value)
            right = wrong = missed = 0
            for topic in topics:
                told = {quote.document for quote in mentions.find_mentions(engine, topic["topic"], names)}
                wanted = {f"{name}.txt" for name in topic["articles"]}
                right, wrong, missed = (
                    right + len(told & wanted),
                    wrong + len(told - wanted),
                    missed + len(wanted - told),
                )
            print(f"{label:26} right {right / (right + wrong):.3f}, found {right / (right + missed):.3f}")


if __name__ == "__main__":
    main()
