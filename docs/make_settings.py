"""Write docs/settings.md from ``bot/settings.py``, where each setting is declared with its meaning.

    python docs/make_settings.py          (or `make docs`)

A test compares the page with what this writes.
"""

import sys
from dataclasses import fields
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from bot.settings import SETTINGS, Settings
from bot.terminal.arguments import FLAGS

PAGE = Path(__file__).with_name("settings.md")
HEAD = """\
# Settings

<!-- Written by docs/make_settings.py from bot/settings.py: change it there, then run `make docs`. -->

Settings are read from environment variables and from a file `.env` in the working directory (lines of NAME=value,
taken literally). The environment takes precedence over `.env`, and a flag over both; an empty value counts as not set.
An invalid value ends the command with one line that names the setting, the value and what was expected; a setting that
only the bot uses stops only the bot. `citebot doctor` checks all settings and finds mistyped names.
"""
GROUPS = (("For every command", False), ("For the Telegram bot", True))


def settings_page() -> str:
    """Return the page."""
    defaults = {field.name: field.default for field in fields(Settings)}
    parts = [HEAD]
    for heading, telegram in GROUPS:
        parts.append(f"\n## {heading}\n\n| variable | flag | default | value | meaning |\n|---|---|---|---|---|\n")
        for setting in SETTINGS:
            if setting.bot_only == telegram:
                flag = f"`--{setting.field}`" if setting.field in FLAGS else ""
                default = _shown(defaults[setting.field])
                cells = (f"`{setting.variable}`", flag, default, setting.expected, setting.meaning.replace("``", "`"))
                parts.append("| " + " | ".join(cells) + " |\n")
    return "".join(parts)


def _shown(default: object) -> str:
    if default is None or default == frozenset():
        return "–"
    if isinstance(default, bool):
        return "`yes`" if default else "`no`"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


if __name__ == "__main__":
    PAGE.write_text(settings_page(), encoding="utf-8")
