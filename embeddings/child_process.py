"""The environment of the processes that citebot starts."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[1]
SETTINGS_PREFIX = "CITEBOT_"


def child_environment(**more: str) -> dict[str, str]:
    """Return this process's environment for a child that imports citebot, with ``more`` variables.

    citebot's own settings are left out: a token among them is nothing that a child needs.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS_PREFIX)}
    return kept | {"PYTHONPATH": import_path()} | more


def import_path() -> str:
    """Return where a child looks for modules: this checkout first, then where this process does."""
    return os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
