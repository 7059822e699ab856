"""Sentence splitters against gold boundaries: citebot's own, syntok, pysbd.

    pip install syntok pysbd
    python benchmarks/index/sentences.py DATA [--errors]

DATA is the folder with ``qed_dev.jsonl.gz`` (Wikipedia paragraphs as search shows them, tokenised, with the offset of
each sentence; QED, Lamm et al. 2020) and ``qamr_sentences.tsv.gz`` (sentences of Wikipedia and Wikinews; QAMR, Michael
et al. 2018). The QAMR sentences are written as people write, five to a paragraph. A boundary counts as found where a
sentence starts at the very character; the first of a paragraph is not counted. ``--errors`` prints ours, one a line.
"""

import argparse
import gzip
import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from embeddings.text.sentences import split_sentences

SENTENCES_A_PARAGRAPH = 5
PENN_MARKS = {"``": "“", "''": "”", "-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}"}

Paragraph = tuple[str, frozenset[int]]
"""A text, and where its sentences start but the first."""


def read_qed(path: Path) -> list[Paragraph]:
    paragraphs: dict[str, frozenset[int]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            text = record["paragraph_text"]
            starts = (len(text) - len(text[start:].lstrip()) for start in record["sentence_starts"])
            paragraphs[text] = frozenset(start for start in starts if start)
    return list(paragraphs.items())


def read_qamr(path: Path) -> list[Paragraph]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        written = [write_naturally(line.rstrip("\n").partition("\t")[2]) for line in lines]
    # Fragments and headings have no boundary that any splitter could see.
    whole = [sentence for sentence in written if re.search(r"[.!?][”)’]*$", sentence) and not sentence[0].islower()]
    paragraphs = []
    for first in range(0, len(whole), SENTENCES_A_PARAGRAPH):
        text, starts = "", []
        for sentence in whole[first : first + SENTENCES_A_PARAGRAPH]:
            text += " " if text else ""
            starts.append(len(text))
            text += sentence
        paragraphs.append((text, frozenset(starts[1:])))
    return paragraphs


def write_naturally(tokenised: str) -> str:
    """Undo Penn Treebank tokenisation.

    >>> write_naturally("He said `` It is n't Ann 's -LRB- he thinks -RRB- . ''")
    'He said “It isn't Ann's (he thinks).”'
    """
    text = " ".join(PENN_MARKS.get(token, token) for token in tokenised.split())
    text = re.sub(r" (?=[.,;:!?%)\]}”]|'(?:s|re|ve|ll|d|m)\b|n't\b)", "", text)
    return re.sub(r"(?<=[(\[{“$#]) ", "", text)


def ours(text: str) -> list[int]:
    return [start for start, _ in split_sentences(text)]


def load_syntok() -> Callable[[str], list[int]]:
    import syntok.segmenter

    def split(text: str) -> list[int]:
        return [sentence[0].offset for paragraph in syntok.segmenter.analyze(text) for sentence in paragraph]

    return split


def load_pysbd() -> Callable[[str], list[int]]:
    import pysbd

    segmenter = pysbd.Segmenter(language="en", clean=False, char_span=True)

    def split(text: str) -> list[int]:
        # Its spans may begin with white space.
        return [span.start + len(span.sent) - len(span.sent.lstrip()) for span in segmenter.segment(text)]

    return split


def score(split: Callable[[str], list[int]], paragraphs: list[Paragraph]) -> tuple[float, float, float]:
    """Return precision and recall of the boundaries, and characters a second."""
    right = found = gold = characters = 0
    seconds = 0.0
    for text, starts in paragraphs:
        began = time.perf_counter()
        guessed = set(split(text)) - {0}
        seconds += time.perf_counter() - began
        right += len(guessed & starts)
        found += len(guessed)
        gold += len(starts)
        characters += len(text)
    return right / found, right / gold, characters / seconds


def errors(paragraphs: list[Paragraph]) -> Iterator[str]:
    for text, starts in paragraphs:
        guessed = set(ours(text)) - {0}
        for kind, offsets in (("extra ", guessed - starts), ("missed", starts - guessed)):
            for at in sorted(offsets):
                yield f"{kind} {text[max(0, at - 70) : at]}| {text[at : at + 50]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("--errors", action="store_true", help="print the boundaries where ours differs from the gold")
    arguments = parser.parse_args()
    sets = {
        "QED": read_qed(arguments.data / "qed_dev.jsonl.gz"),
        "QAMR": read_qamr(arguments.data / "qamr_sentences.tsv.gz"),
    }
    for name, paragraphs in sets.items():
        boundaries = sum(len(starts) for _, starts in paragraphs)
        print(f"{name}: {len(paragraphs):,} paragraphs, {boundaries:,} boundaries")
    print(f"\n{'splitter':8}  {'set':4}  precision  recall      F1   characters/s")
    for splitter, split in (("citebot", ours), ("syntok", load_syntok()), ("pysbd", load_pysbd())):
        for name, paragraphs in sets.items():
            precision, recall, speed = score(split, paragraphs)
            f1 = 2 * precision * recall / (precision + recall)
            print(f"{splitter:8}  {name:4}  {precision:9.4f}  {recall:6.4f}  {f1:6.4f}  {speed:13,.0f}")
    if arguments.errors:
        for name, paragraphs in sets.items():
            print(f"\n{name}")
            print(*errors(paragraphs), sep="\n")


if __name__ == "__main__":
    main()
