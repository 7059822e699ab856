"""README and docs: what they point at exists, settings.md says what the code says, and the README stays short."""

import re
import sys
from importlib.util import module_from_spec, spec_from_file_location

import pytest

MAX_README_BYTES = 10_000
LINK = re.compile(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"")
PATH = re.compile(r"`((?:embeddings|qa|bot|tests|benchmarks|docs)/[\w./-]+)`|python ((?:benchmarks|docs)/[\w./-]+\.py)")
CODE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)


def pages(repository):
    return [repository / "README.md", *sorted((repository / "docs").glob("*.md"))]


def anchors(page):
    headings = re.findall(r"^#+ (.+)$", CODE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_leads_to_a_file_and_a_heading_of_the_repository(repository):
    dead = []
    for page in pages(repository):
        text = CODE.sub("", page.read_text(encoding="utf-8"))
        for target in (one or other for one, other in LINK.findall(text)):
            if target.startswith("https://"):
                continue
            name, _, anchor = target.partition("#")
            path = (page.parent / name) if name else page
            if not path.exists() or (anchor and anchor not in anchors(path)):
                dead.append(f"{page.name}: {target}")
    assert dead == []


def test_every_path_named_is_there(repository):
    dead = []
    for page in pages(repository):
        for quoted, run in PATH.findall(page.read_text(encoding="utf-8")):
            if not (repository / (quoted or run)).exists():
                dead.append(f"{page.name}: {quoted or run}")
    assert dead == []


def test_the_readme_is_short_and_leads_to_every_page(repository):
    readme = (repository / "README.md").read_bytes()
    assert len(readme) <= MAX_README_BYTES
    for page in pages(repository)[1:]:
        assert f"(docs/{page.name})" in readme.decode("utf-8"), page.name


def test_settings_md_says_what_the_code_says(repository):
    spec = spec_from_file_location("make_settings", repository / "docs" / "make_settings.py")
    module = module_from_spec(spec)
    before = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = before
    assert module.PAGE.read_text(encoding="utf-8") == module.settings_page(), "run `make docs`"


def test_the_commands_page_names_every_command_and_flag(repository):
    from bot.terminal.arguments import _flags, _make_parsers

    page = (repository / "docs" / "commands.md").read_text(encoding="utf-8")
    for name, parser in _make_parsers()[1].items():
        assert f"citebot {name}" in page
        assert {flag for flag in _flags(parser) if flag not in page} == set()


@pytest.mark.parametrize("room", ["embeddings", "qa", "bot"])
def test_a_room_says_what_each_of_its_folders_is_for(repository, room):
    said = (repository / room / "__init__.py").read_text(encoding="utf-8")
    folders = {path.name for path in (repository / room).iterdir() if path.is_dir() and not path.name.startswith("_")}
    assert {folder for folder in folders if f"``{folder}``" not in said} == set()
