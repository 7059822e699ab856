"""A cold question, from the shell to the answer, compared with importing sentence-transformers alone.

    python benchmarks/cost/cold_ask.py [--docs seeds] [--runs 7]

Both commands run in turn, after a warm-up of each, so that the ratio does not depend on the machine's speed. The index
is built first; the last line says whether torch was loaded.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

QUESTION = "Who put out the fire?"
WATCH = (
    "import sys; from bot.terminal.cli import main; code = main(sys.argv[1:]);"
    "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)), file=sys.stderr)"
)


def seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docs", type=Path, default=Path("seeds"))
    parser.add_argument("--runs", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        where = ["--docs", str(arguments.docs), "--index", f"{folder}/index"]
        subprocess.run([sys.executable, "-m", "bot", "index", *where], check=True, capture_output=True)
        ask = [sys.executable, "-m", "bot", "ask", QUESTION, "--json", *where]
        load = [sys.executable, "-c", "import sentence_transformers"]
        seconds(ask), seconds(load)
        pairs = [(seconds(ask), seconds(load)) for _ in range(arguments.runs)]
        loaded = subprocess.run(
            [sys.executable, "-c", WATCH, "ask", QUESTION, *where], check=True, capture_output=True, text=True
        ).stderr.splitlines()[-1]
    print(f"citebot ask, cold            {statistics.median(a for a, _ in pairs):.2f} s (median of {len(pairs)})")
    print(f"import sentence_transformers {statistics.median(b for _, b in pairs):.2f} s")
    print(f"ratio, pair by pair          {statistics.median(a / b for a, b in pairs):.3f} (bar: at most 0.2)")
    print(f"of torch and kin loaded      {loaded} (bar: [])")


if __name__ == "__main__":
    main()
