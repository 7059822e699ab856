"""Updating an index after one of 1,200 files changed and one was deleted, compared with the full build.

    python benchmarks/index/incremental.py DATA_DIR [--files 1200]

The files hold paragraphs of new_wiki (SquadShifts); times are of the whole command ``citebot index``.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from new_wiki import read_articles


def index(docs: Path, folder: Path) -> tuple[float, str]:
    started = time.perf_counter()
    command = [sys.executable, "-m", "bot", "index", "--docs", str(docs), "--index", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return time.perf_counter() - started, done.stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--files", type=int, default=1200)
    arguments = parser.parse_args()
    texts = [p["context"] for article in read_articles(arguments.data) for p in article.paragraphs]
    with tempfile.TemporaryDirectory() as folder:
        docs, where = Path(folder) / "docs", Path(folder) / "index"
        docs.mkdir()
        for number, text in enumerate(texts[: arguments.files]):
            (docs / f"{number:05d}.txt").write_text(text, encoding="utf-8")
        full, printed = index(docs, where)
        print(f"full build   {full:6.2f} s  {printed}")
        (docs / "00007.txt").write_text("A text of its own now.\n\n" + texts[8], encoding="utf-8")
        (docs / "00011.txt").unlink()
        part, printed = index(docs, where)
        print(f"incremental  {part:6.2f} s  {printed}")
        same, printed = index(docs, where)
        print(f"nothing new  {same:6.2f} s  {printed}")
    print(f"ratio        {part / full:.3f} (bar: at most 0.04)")


if __name__ == "__main__":
    main()
