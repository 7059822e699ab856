"""Wrong usage is one clear line, with exit status 2; wrong settings, with 1."""

import re
import shlex
import subprocess

import pytest

from bot.terminal.arguments import EXAMPLES, parse

COMMANDS = ["index", "ask", "chat", "search", "status", "doctor", "eval", "bot"]


def test_citebot_alone_shows_the_help(citebot):
    done = citebot()
    assert (done.returncode, done.stderr) == (0, "")
    assert all(f"\n    {name} " in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_has_its_flags_and_examples(citebot, command):
    done = citebot(command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "--docs DIR" in done.stdout and "--index DIR" in done.stdout
    assert f"citebot {command}" in done.stdout.split("examples:")[1]


@pytest.mark.parametrize("command", [*COMMANDS, None])
def test_every_example_of_the_help_is_a_command_that_exists(command):
    lines = [line.split("  ", 3)[1:] for line in EXAMPLES[command].splitlines() if line.startswith("  citebot")]
    assert lines or command == "bot"
    for typed, *_ in lines:
        words = shlex.split(re.split(r" (?:\||<|&&) ", typed)[0])[1:]
        if words[0] != "help":
            assert parse(words).command == (command or parse(words).command)


def test_the_version_is_printed(citebot):
    done = citebot("--version")
    assert done.returncode == 0 and done.stdout.startswith("citebot ")


def test_help_is_a_command_too(citebot):
    assert citebot("help").stdout == citebot("--help").stdout == citebot().stdout
    assert citebot("help", "ask").stdout == citebot("ask", "--help").stdout
    assert "did you mean 'ask'" in citebot("help", "aks").stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh", "fish"])
def test_completions_are_printed_for_a_shell(citebot, shell):
    done = citebot("--print-completion", shell)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(word in done.stdout for word in [*COMMANDS, "threshold"])


def test_bash_completes_commands_and_flags(citebot):
    script = citebot("--print-completion", "bash").stdout
    typed = '{}; COMP_WORDS=(citebot {}); COMP_CWORD={}; _shtab_citebot; echo "${{COMPREPLY[@]}}"'

    def complete(*words):
        code = script + typed.format("true", " ".join(words), len(words))
        return subprocess.run(["bash", "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert complete("sea") == ["search"]
    assert complete("ask", "--thr") == ["--threshold"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["aks", "Who?"], "did you mean 'ask'"),
        (["frobnicate"], "commands: index, ask, chat, search, show, status, doctor, eval, bot"),
        (["ask", "Who?", "--jsno"], "did you mean '--json'"),
        (["ask", "Who?", "--top", "0"], "'0' is not a number from 1"),
        (["ask", "Who?", "--top", "many"], "'many' is not a number from 1"),
        (["ask", "Who?", "--since", "last week"], "'last week' is not a date such as 2023-10-01"),
        (["search", "Who?", "--until", "2023-13-01"], "'2023-13-01' is not a date"),
        (["chat", "--threshold", "1.5"], "'1.5' is not a number from 0 to 1"),
        (["ask", "Who?", "--docs", ""], "'' is not the name of a folder"),
        (["ask", "Who?", "--since", "2023-10-02", "--until", "2023-10-01"], "--since 2023-10-02 is later"),
        (["--docs", "news", "ask", "Who?"], "'--docs' comes before the command"),
        (["eval"], "FILE"),
        (["ask"], "there is no question"),
        (["ask", ""], "there is no question"),
        (["ask", " \t\n"], "there is no question"),
        (["ask", "?!"], "'?!' is no question"),
        (["search", ""], "there is no question"),
        (["ask", "Who?", "--batch", "questions.jsonl"], "give one of the two"),
        (["ask", "Who?", "--thresh", "0.5"], "did you mean '--threshold'"),
    ],
)
def test_wrong_usage_is_said_in_one_line_and_where_help_is(citebot, tmp_path, typed, told):
    done = citebot(*typed)
    assert (done.returncode, done.stdout) == (2, "")
    line, hint = done.stderr.splitlines()
    assert line.startswith("citebot: ") and told in line
    assert hint.startswith("see `citebot") and hint.endswith("--help`")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("typed", [["--debug", "ask", ""], ["ask", "--debug", ""], ["ask", "", "--debug"]])
def test_debug_may_come_anywhere_and_shows_the_traceback(citebot, typed):
    done = citebot(*typed)
    assert done.returncode == 2 and "Traceback" in done.stderr


def test_a_question_beyond_all_measure_is_refused_before_anything_is_built(citebot, seeds, tmp_path):
    done = citebot("ask", "why " * 25_000, "--docs", seeds)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1 and "100,000 characters" in done.stderr and "10,000" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_setting_is_reported_by_name_value_and_what_is_expected(citebot):
    done = citebot("ask", "Who?", env={"CITEBOT_THRESHOLD": "abc"})
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert "CITEBOT_THRESHOLD" in line and "'abc'" in line and "0 to 1" in line


def test_a_wrong_setting_of_the_bot_stops_the_bot_and_not_a_question(citebot, library):
    env = {"CITEBOT_WEBHOOK_PORT": "none"}
    stopped = citebot("bot", env=env)
    assert stopped.returncode == 1 and "CITEBOT_WEBHOOK_PORT" in stopped.stderr
    asked = citebot("status", *library.flags, env=env)
    assert asked.returncode == 0, asked.stderr


def test_the_bot_without_a_token_says_what_is_missing(citebot):
    done = citebot("bot")
    assert (done.returncode, done.stdout) == (1, "")
    assert "CITEBOT_TELEGRAM_TOKEN" in done.stderr.splitlines()[-1]


def test_an_env_file_that_cannot_be_read_is_named(citebot, tmp_path):
    (tmp_path / ".env").write_bytes(b"CITEBOT_DOCS=\xe9\xff\n")
    done = citebot("status")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert ".env" in line and "UTF-8" in line
