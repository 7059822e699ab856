"""citebot's loaders compared with kreuzberg on the same files: which sentences come out whole, and how fast.

    python benchmarks/documents.py

The files are `ordinary/documents` (HTML, PDF, docx, Markdown, text) and the PDFs of the tests; the sentences are those
that answer the questions of `ordinary/c.jsonl`, and those in the tests of the PDFs, as a careful reader sees them, with
white space folded. What does not belong to the article (menus, promos, adverts, running heads) must not come out.
"""

import json
import re
import resource
import time
from pathlib import Path

from embeddings.documents.folder import load

HERE = Path(__file__).parent
PDFS = HERE.parent / "tests" / "embeddings" / "documents" / "inputs"
OF_PDFS = {
    "harbour.pdf": [
        "The bill was signed into law by Governor Anna Larsen on 3 May 2019",
        "The town of Rovik had a population of 4,512 in 2018, and the harbour handled 83,190 tons of freight.",
    ],
    "notice.pdf": ["must receive comments on this proposed rule by September 21, 2020, in writing."],
    "book.pdf": ["kept a diary in which he noted every ship that passed, and the weather of each morning"],
    "hyphen.pdf": ["the ORGANIZATION of the timetable would be left to the harbour board", "He was re-elected in 2003"],
    "form.pdf": ["Name of the ship: Havfruen"],
}
NOT_THE_ARTICLE = ("Work with us", "dataLayer", "Chapter one", "Rovik Press", "Sign up", "cookie", "Most read")


def folded(text: str) -> str:
    bare = re.sub(r"(?m)^\s*(?:[-*•]|\d+\.)\s", " ", text)
    return " ".join(re.sub(r"[*_`#|]+|\[\^?\d+\]", " ", bare).split())


def cases() -> list[tuple[Path, list[str]]]:
    held: dict[str, list[str]] = {}
    for line in (HERE / "ordinary" / "c.jsonl").read_text(encoding="utf-8").splitlines():
        question = json.loads(line)
        if question["evidence"]:
            held.setdefault(question["document"], []).append(question["evidence"])
    files = [(HERE / "ordinary" / "documents" / name, sentences) for name, sentences in sorted(held.items())]
    return files + [(PDFS / name, sentences) for name, sentences in OF_PDFS.items()]


def ours(path: Path) -> tuple[str, str | None, object]:
    document = load(path.parent, path.name)
    return document.text, document.title, document.date


def kreuzbergs(path: Path) -> tuple[str, str | None, object]:
    import kreuzberg

    read = kreuzberg.extract_file_sync(str(path))
    facts = read.metadata if isinstance(read.metadata, dict) else {}
    return read.content, facts.get("title"), facts.get("created_at") or facts.get("date")


def main() -> None:
    print("| loader | format | sentences whole | not of the article | titles | dates | seconds |")
    print("|---|---|---|---|---|---|---|")
    for name, read in (("citebot", ours), ("kreuzberg", kreuzbergs)):
        for kind in (".html", ".pdf", ".docx", ".md", ".txt"):
            rows = [(path, sentences) for path, sentences in cases() if path.suffix == kind]
            began, found, asked, foreign, titles, dates = time.perf_counter(), 0, 0, 0, 0, 0
            for path, sentences in rows:
                try:
                    text, title, date = read(path)
                except Exception as error:
                    print(f"{name}: {path.name}: {error}")
                    text, title, date = "", None, None
                plain = folded(text)
                found += sum(folded(one) in plain for one in sentences)
                asked += len(sentences)
                foreign += sum(one in text for one in NOT_THE_ARTICLE)
                titles, dates = titles + bool(title), dates + bool(date)
            seconds = time.perf_counter() - began
            cells = (name, f"{kind[1:]} ({len(rows)})", f"{found} of {asked}", foreign, titles, dates, f"{seconds:.2f}")
            print("| " + " | ".join(map(str, cells)) + " |")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"\npeak memory of this process: {peak} MB")


if __name__ == "__main__":
    main()
