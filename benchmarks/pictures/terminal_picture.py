"""Draw the output of a terminal: commands run on a pseudo-terminal, their output turned into an SVG.

    python benchmarks/pictures/terminal_picture.py OUT.svg

Runs `citebot ask` on seeds/ in the working directory, whose index must be built.
"""

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

COLUMNS = 100
QUESTIONS = (
    ("ask", "--top", "1", "Who assisted the victims of the explosion?"),
    ("ask", "--top", "1", "Through which organization was medical evacuation organized?"),
    ("ask", "--top", "1", "How tall is Mount Everest?"),
)


def run_on_terminal(command: list[str]) -> str:
    """Return what a command writes to a terminal, escape codes and all."""
    master, slave = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(COLUMNS), "TERM": "xterm-256color"}
    process = subprocess.Popen(command, stdout=slave, stderr=subprocess.DEVNULL, stdin=slave, env=environment)
    os.close(slave)
    parts = []
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        parts.append(part)
    process.wait()
    os.close(master)
    return b"".join(parts).decode("utf-8").replace("\r\n", "\n")


def main() -> None:
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    for command in QUESTIONS:
        shown = " ".join(f'"{part}"' if " " in part else part for part in command)
        console.print(Text(f"$ citebot {shown}", "bold cyan"))
        console.print(Text.from_ansi(run_on_terminal([sys.executable, "-m", "bot", *command])))
    Path(sys.argv[1]).write_text(console.export_svg(title="citebot"), encoding="utf-8")


if __name__ == "__main__":
    main()
