"""Draw a run's log: ``python -m qa.train.plot_log OUT/log.csv PICTURE.png``; needs the extra ``plot``."""

import argparse
import csv
import sys
from pathlib import Path


def main() -> int:
    """Draw the loss and the development scores of one run or of several, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("logs", type=Path, nargs="+", help="log.csv of the run, and of those it began with before it")
    parser.add_argument("picture", type=Path)
    arguments = parser.parse_args()
    draw(read_logs(arguments.logs), arguments.picture)
    return 0


def read_logs(paths: list[Path]) -> list[dict[str, float]]:
    """Return the rows of the logs in order; the batches of a log count on from those of the one before."""
    rows, before = [], 0.0
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            own = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
        rows += [{**row, "batch": row["batch"] + before} for row in own]
        before = rows[-1]["batch"] if rows else before
    return rows


def draw(rows: list[dict[str, float]], picture: Path) -> None:
    """Draw loss (left) and exact match and F1 in percent (right) over batches."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.6), layout="constrained")
    left = figure.subplots()
    right = left.twinx()
    batches = [row["batch"] for row in rows]
    lines = left.plot(batches, [row["loss"] for row in rows], "o-", color="tab:gray", label="training loss")
    for name, label, colour in (("exact_match", "exact match", "tab:blue"), ("f1", "F1", "tab:orange")):
        lines += right.plot(batches, [100 * row[name] for row in rows], "o-", color=colour, label=label)
    left.set(xlabel="batches", ylabel="loss", ylim=(0, None))
    right.set(ylabel="development questions, %", ylim=(0, 100))
    left.legend(
        lines,
        [line.get_label() for line in lines],
        loc="lower center",
        bbox_to_anchor=(0.5, 1.0),
        ncols=3,
        frameon=False,
    )
    figure.savefig(picture, dpi=110)


if __name__ == "__main__":
    sys.exit(main())
