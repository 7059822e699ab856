"""Questions in ordinary wording, as people ask them about a folder of articles: how often the answer is right, by kind.

    python benchmarks/answers/ordinary.py DATA_DIR [--half open|closed|all|blind|second] [--show] [--json FILE]

The folder: the 12 development articles of new_wiki (SquadShifts, in DATA_DIR), the seed article, and the documents in
`ordinary/documents`, written for this by authors who saw no question. The questions in `ordinary/*.jsonl` were written
by others, who saw only the texts; each has a pattern for a right answer. They are asked as another program would, with
`citebot ask --batch --json`.

right: the answer matches the pattern; in the quote: only the quoted sentences match; refused: no answer to a question
that the texts answer; falsely: an answer to a question that they do not answer. Half of the questions, chosen by a hash
of their id, may be looked at during development (`open`); the other half is opened only for the final figure.
`blind` and `second` are sets of later, with further documents of their own: no question of `blind` has been looked at,
those of `second` were written to be looked at.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from new_wiki import DEV_TITLES, read_articles

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "benchmarks" / "ordinary"
LATER = ("blind", "second")
HALVES = ("open", "closed", "all", *LATER)
OUTCOMES = ("right", "in the quote", "wrong", "refused", "refused rightly", "falsely")


def half_of(identifier: str) -> str:
    return HALVES[hashlib.sha256(identifier.encode()).digest()[0] % 2]


def read_questions(half: str) -> list[dict]:
    folder = FOLDER / half if half in LATER else FOLDER
    lines = [line for path in sorted(folder.glob("*.jsonl")) for line in path.open(encoding="utf-8")]
    questions = [json.loads(line) for line in lines if line.strip()]
    return [one for one in questions if half in ("all", *LATER, half_of(one["id"]))]


def gather(data: Path, docs: Path, *more: Path) -> None:
    """Write the folder of articles, those of the folders in ``more`` among them."""
    for article in read_articles(data)[-DEV_TITLES:]:
        (docs / article.file).write_text(article.text, encoding="utf-8", newline="")
    for folder in (ROOT / "seeds", FOLDER / "documents", *more):
        shutil.copytree(folder, docs, dirs_exist_ok=True)


def citebot(*arguments: object) -> str:
    command = [sys.executable, "-m", "bot", *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8").stdout


def ask_all(questions: list[dict], docs: Path, index: Path) -> list[dict]:
    citebot("index", "--docs", docs, "--index", index)
    batch = index.parent / "batch.jsonl"
    batch.write_text("".join(json.dumps({"id": one["id"], "question": one["question"]}) + "\n" for one in questions))
    told = citebot("ask", "--batch", batch, "--json", "--docs", docs, "--index", index)
    return [json.loads(line) for line in told.splitlines()]


def judge(question: dict, answer: dict) -> str:
    if not question["answered"]:
        return "falsely" if answer["answered"] else "refused rightly"
    if not answer["answered"]:
        return "refused"
    said = [answer["answer"], *(part.get("answer") or "" for part in answer.get("parts") or ())]
    if re.search(question["right"], "\n".join(said), re.IGNORECASE):
        return "right"
    quoted = answer["quotes"][0]["text"]
    return "in the quote" if re.search(question["quote"] or question["right"], quoted, re.IGNORECASE) else "wrong"


def show(question: dict, answer: dict, outcome: str) -> None:
    quote = answer["quotes"][0] if answer["quotes"] else {"document": None, "text": ""}
    print(f"[{outcome}] {question['id']} {question['kind']}: {question['question']}  ({question['document']})")
    print(f"    right: {question['right']}   evidence: {question.get('evidence')}")
    print(f"    {answer['confidence']:.2f} {answer['answer']!r} — {quote['document']}: {quote['text'][:300]!r}")


def print_table(rows: dict[str, Counter]) -> None:
    print(f"| {'kind':15} | " + " | ".join(OUTCOMES) + " |")
    print("|---|" + "---|" * len(OUTCOMES))
    for kind, counts in [*sorted(rows.items()), ("all", sum(rows.values(), Counter()))]:
        cells = (f"{counts[outcome] or '':>{len(outcome)}}" for outcome in OUTCOMES)
        print(f"| {kind:15} | " + " | ".join(cells) + " |")


def print_shares(counts: Counter) -> None:
    here = sum(counts[name] for name in OUTCOMES[:4])
    missing = sum(counts[name] for name in OUTCOMES[4:])
    shares = [(name, counts[name] / max(1, here)) for name in OUTCOMES[:4]]
    shares.append((OUTCOMES[5], counts[OUTCOMES[5]] / max(1, missing)))
    print(
        f"\n{here} answered by the texts, {missing} not: " + ", ".join(f"{name} {share:.1%}" for name, share in shares)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, metavar="DATA_DIR")
    parser.add_argument("--half", choices=HALVES, default=HALVES[0])
    parser.add_argument("--show", action="store_true", help="print each question that went wrong")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every question with its answer and outcome")
    arguments = parser.parse_args()
    half = arguments.half
    questions = read_questions(half)
    with tempfile.TemporaryDirectory() as folder:
        docs = Path(folder) / "docs"
        docs.mkdir()
        gather(arguments.data, docs, *([FOLDER / half / "documents"] if half in LATER else []))
        answers = ask_all(questions, docs, Path(folder) / "index")
    rows: dict[str, Counter] = defaultdict(Counter)
    told = []
    for question, answer in zip(questions, answers, strict=True):
        outcome = judge(question, answer)
        rows[question["kind"]][outcome] += 1
        told.append({**question, "outcome": outcome, "told": answer})
        if arguments.show and outcome not in ("right", "refused rightly"):
            show(question, answer, outcome)
    if arguments.json:
        arguments.json.write_text("".join(json.dumps(one) + "\n" for one in told))
    print_table(rows)
    print_shares(sum(rows.values(), Counter()))


if __name__ == "__main__":
    main()
