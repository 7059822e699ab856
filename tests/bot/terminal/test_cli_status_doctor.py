"""``citebot status`` tells what there is, ``citebot doctor`` what is wrong and what to do about it."""

import json
import re
import shutil

import pytest

TOKEN = "123456789:AAHsecretSECRETsecretSECRETsecretSEC"
TITLES = ["settings", "articles", "index", "writing", "encoder", "answering", "Telegram"]


@pytest.fixture
def own(library, tmp_path):
    """A copy of the library that a test may spoil."""
    shutil.copytree(library.docs, tmp_path / "docs")
    shutil.copytree(library.index, tmp_path / "index")
    return ("--docs", tmp_path / "docs", "--index", tmp_path / "index")


def read_findings(done) -> dict[str, list[tuple[str, str]]]:
    """Titles of the checks that found a problem, with (problem, remedy) of each."""
    found, title = {}, None
    lines = iter(done.stdout.splitlines())
    for line in lines:
        if line.startswith("         "):
            remedy = next(lines)
            assert remedy.startswith("         remedy: ")
            found[title].append((line.strip(), remedy.removeprefix("         remedy: ")))
            continue
        state, title = re.fullmatch(r"(ok     |PROBLEM)  ([A-Za-z]+).*", line).groups()
        if state == "PROBLEM":
            found[title] = []
    assert done.returncode == (1 if found else 0)
    assert all(problems for problems in found.values())
    return found


def test_status_counts_and_names_what_changed(citebot, own, tmp_path):
    (tmp_path / "docs/new.txt").write_text("New.\n")
    (tmp_path / "docs/essays/bees.txt").unlink()
    done = citebot("status", *own)
    assert (done.returncode, done.stderr) == (0, "")
    told = dict(re.split(r"\s{2,}", line, maxsplit=1) for line in done.stdout.splitlines())
    assert (told["documents"], told["chunks"], told["encoder"]) == ("3", "3", "all-MiniLM-L6-v2")
    assert (told["new"], told["deleted"], told["since then"]) == (
        "new.txt",
        "essays/bees.txt",
        "2 files changed since the index was built: run `citebot index`",
    )


def test_status_as_json_is_one_object(citebot, library):
    done = citebot("status", "--json", *library.flags)
    status = json.loads(done.stdout)
    assert (status["documents"], status["chunks"], status["generation"], status["skipped"]) == (3, 3, 1, {})
    assert status["changes"] == {"new": [], "changed": [], "deleted": []}
    assert status["size_bytes"] > 0 and status["built_at"] and status["encoder"] and status["reader"]


def test_status_builds_nothing(citebot, library, tmp_path):
    done = citebot("status", "--docs", library.docs)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no index yet" in done.stderr and "`citebot index`" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_all_is_well_and_that_is_said_check_by_check(citebot, library):
    done = citebot("doctor", *library.flags)
    assert read_findings(done) == {}
    assert [line.split()[1].rstrip(":") for line in done.stdout.splitlines()] == TITLES


def test_a_missing_folder_and_index_are_problems_with_remedies(citebot):
    found = read_findings(citebot("doctor", "--docs", "nowhere", "--index", "none"))
    assert set(found) == {"articles", "index"}
    assert "nowhere does not exist" in found["articles"][0][0]
    assert "`citebot index`" in found["index"][0][1]


def test_a_flipped_bit_in_an_index_file_is_found_and_named(citebot, own, tmp_path):
    (file,) = (tmp_path / "index").glob("dense-*")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    found = read_findings(citebot("doctor", *own))
    ((problem, remedy),) = found["index"]
    assert file.name in problem and "citebot index" in remedy


def test_a_damaged_catalogue_is_found_and_the_other_checks_still_run(citebot, own, tmp_path):
    (file,) = (tmp_path / "index").glob("*.sqlite")
    file.write_bytes(b"not a database" * 1000)
    done = citebot("doctor", *own)
    assert "--rebuild" in read_findings(done)["index"][0][1]
    assert "\nok       encoder: all-MiniLM-L6-v2, 384 dimensions\n" in done.stdout


def test_wrong_and_mistyped_settings_are_all_found(citebot, library):
    env = {"CITEBOT_THRESHOLD": "high", "CITEBOT_WEBHOOK_PORT": "none", "CITEBOT_REEDER": "small"}
    found = read_findings(citebot("doctor", *library.flags, env=env))
    problems = dict(found["settings"])
    assert len(problems) == 3
    assert any("CITEBOT_THRESHOLD" in line for line in problems) and any(
        "CITEBOT_WEBHOOK_PORT" in line for line in problems
    )
    assert "rename it to CITEBOT_READER" in problems["CITEBOT_REEDER is set, but no setting has that name"]


def test_an_encoder_that_is_not_there_is_a_problem(citebot, library, tmp_path):
    found = read_findings(citebot("doctor", *library.flags, "--encoder", tmp_path / "no-model"))
    assert "no-model" in found["encoder"][0][0]


def test_a_bad_token_is_found_and_never_shown(citebot, library):
    for token in ("not-a-token:but-a-secret", TOKEN):
        done = citebot("doctor", *library.flags, env={"CITEBOT_TELEGRAM_TOKEN": token})
        assert token not in done.stdout + done.stderr
        assert ("Telegram" in read_findings(done)) == (token != TOKEN)


def test_bot_settings_without_a_token_are_a_problem(citebot, library):
    found = read_findings(citebot("doctor", *library.flags, env={"CITEBOT_TELEGRAM_ALLOWED": "11"}))
    assert "CITEBOT_TELEGRAM_TOKEN" in found["Telegram"][0][0]


def test_secrets_that_others_can_read_are_a_problem(citebot, library, tmp_path):
    (tmp_path / ".env").write_text(f"CITEBOT_TELEGRAM_TOKEN={TOKEN}\n")
    (tmp_path / ".env").chmod(0o644)
    found = read_findings(citebot("doctor", *library.flags))
    assert "chmod 600" in found["Telegram"][0][1]
    (tmp_path / ".env").chmod(0o600)
    assert read_findings(citebot("doctor", *library.flags)) == {}
