"""Asking never loads torch. That imports run one way and in no circle is checked by `make lint`."""

import subprocess
import sys
from pathlib import Path

HEAVY = "{'torch', 'transformers', 'sentence_transformers', 'scipy', 'sklearn', 'matplotlib', 'onnx'}"


def loaded_by(repository: Path, code: str, *arguments: object) -> str:
    code = f"import sys; sys.path.insert(0, {str(repository)!r}); {code}; print(sorted({HEAVY} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, check=True)
    return run.stdout.splitlines()[-1]


def test_importing_the_telegram_bot_loads_no_torch(repository):
    assert loaded_by(repository, "import bot.telegram.app") == "[]"


def test_a_cold_ask_loads_no_torch(repository, seeds, seed_index):
    ask = (
        "from bot.terminal.cli import main; main(['ask', 'Who spoke?', '--docs', sys.argv[1], '--index', sys.argv[2]])"
    )
    assert loaded_by(repository, ask, seeds, seed_index) == "[]"
