"""The webhook, /healthz and /metrics."""

import json
import socket
import urllib.error
import urllib.request

import pytest
from fake_api.people import person
from fake_api.server import PATIENCE_S
from running_bot import RunningBot, bot_in_thread, free_port, settings_for
from toy_engine import ToyEngine

from embeddings.errors import CitebotError

SECRET = "a-webhook-secret_123"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


def fetch(url: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"} | headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.fixture
def hooked(api, tmp_path, engine):
    """A bot on a webhook, with a fake proxy that takes the TLS off."""
    port = free_port()
    api.webhook_target = f"http://127.0.0.1:{port}/hook"
    more = {"webhook_url": "https://bot.example/hook", "webhook_secret": SECRET, "webhook_port": port}
    with bot_in_thread(api, tmp_path, engine, **more) as running:
        yield running


def test_updates_come_in_by_the_webhook(api, hooked, alice):
    assert "Azerbaijani" in alice.ask("Who put out the fire?")["text"]
    assert api.wait(lambda: api.webhook_statuses) == [200]
    assert api.world.webhook["url"] == "https://bot.example/hook"
    assert not [call for call in api.world.calls if call.method == "getUpdates"]


def test_without_the_right_secret_nothing_gets_in(api, hooked, alice, engine):
    message = {"message_id": 1, "date": 1, "chat": {"id": 11, "type": "private"}, "from": alice.user, "text": "fire?"}
    update = json.dumps({"update_id": 1, "message": message}).encode()
    for headers in ({}, {HEADER: "wrong"}, {HEADER: SECRET + "x"}, {HEADER: SECRET[:-1]}):
        assert fetch(api.webhook_target, update, **headers)[0] == 403
    assert fetch(api.webhook_target, b"{", **{HEADER: SECRET})[0] == 400
    assert fetch(api.webhook_target, b"[1]", **{HEADER: SECRET})[0] == 400
    assert fetch(api.webhook_target.replace("hook", "other"), update, **{HEADER: SECRET})[0] == 404
    assert alice.ask("How did oil do?")
    assert [question for question, _ in engine.asked] == ["How did oil do?"]


def test_an_update_delivered_twice_is_taken_once(api, hooked, alice, engine):
    alice.ask("How did oil do?")
    update = {"update_id": 5001, "message": {"message_id": 101, "date": 1, "chat": {"id": 11, "type": "private"},
              "from": alice.user, "text": "How did oil do?"}}  # fmt: skip
    assert fetch(api.webhook_target, json.dumps(update).encode(), **{HEADER: SECRET})[0] == 200
    alice.ask("Who put out the fire?")
    assert [question for question, _ in engine.asked] == ["How did oil do?", "Who put out the fire?"]


def test_a_taken_port_is_named_with_its_setting(api, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = settings_for(api, tmp_path, metrics_port=taken.getsockname()[1])
        with pytest.raises(CitebotError, match="CITEBOT_METRICS_PORT"):
            RunningBot(settings, ToyEngine()).start()


def test_a_certificate_that_cannot_be_used_is_named_with_its_settings(api, tmp_path):
    (tmp_path / "cert.pem").write_text("no certificate")
    tls = {"webhook_cert": tmp_path / "cert.pem", "webhook_key": tmp_path / "key.pem"}
    settings = settings_for(api, tmp_path, webhook_url="https://bot.example/hook", webhook_port=free_port(), **tls)
    with pytest.raises(CitebotError, match="CITEBOT_WEBHOOK_CERT"):
        RunningBot(settings, ToyEngine()).start()


def test_health_and_metrics_tell_how_it_goes(api, tmp_path, alice):
    port = free_port()
    with bot_in_thread(api, tmp_path, metrics_port=port):
        alice.ask("Who put out the fire?")
        alice.ask("How tall is Everest?")
        assert fetch(f"http://127.0.0.1:{port}/healthz") == (200, '{"status": "ok"}')
        lines = {
            'citebot_updates_total{kind="message"} 2.0',
            'citebot_answers_total{kind="answered"} 1.0',
            'citebot_answers_total{kind="refused"} 1.0',
            "citebot_answer_seconds_count 2.0",
            "citebot_waiting_questions 0.0",
        }
        api.wait(lambda: lines <= set(fetch(f"http://127.0.0.1:{port}/metrics")[1].splitlines()))
        api.spoil("getUpdates", code=409, description="Conflict: terminated by other getUpdates request", times=3)
        person(api, 12, "Bob").ask("How did oil do?")

        def trouble() -> str | None:
            status, text = fetch(f"http://127.0.0.1:{port}/healthz")
            return text if status == 503 else None

        assert json.loads(api.wait(trouble))["status"] == "trouble"
