"""The rooms: imports run one way, files stay readable, and asking never loads torch."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOMS = ("embeddings", "qa", "bot")
ALLOWED = {"embeddings": {"embeddings"}, "qa": {"embeddings", "qa"}, "bot": {"embeddings", "qa", "bot"}}
HEAVY = "{'torch', 'transformers', 'sentence_transformers', 'scipy', 'sklearn', 'matplotlib', 'onnx'}"


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_imports_run_one_way(repository, room):
    for path in (repository / room).rglob("*.py"):
        assert imports_of(path) & set(ROOMS) <= ALLOWED[room], path


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
