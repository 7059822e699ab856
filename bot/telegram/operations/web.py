"""The bot's own HTTP: the webhook, whose secret is compared in constant time, and /healthz and /metrics.

python-telegram-bot's own webhook (22.x) is not used: of an update that it cannot read it logs every word, questions
among them, which we promise never to write; it compares the secret with ``!=``; and an update that Telegram delivers
twice is answered twice.
"""

import hmac
import json
import logging
import ssl
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from telegram import Update
from telegram.ext import Application
from tornado.httpserver import HTTPServer
from tornado.web import Application as WebApplication
from tornado.web import HTTPError, RequestHandler

from bot.telegram.state.metrics import Metrics
from embeddings.errors import CitebotError

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
MAX_BODY = 1024 * 1024
"""Bytes of an update: Telegram's are some kilobytes."""

REMEMBERED_UPDATES = 2000
log = logging.getLogger("citebot")


class WebhookHandler(RequestHandler):
    """Takes updates from Telegram and nobody else; one delivered twice is taken once."""

    def initialize(self, application_: Application, secret: str, seen: "OrderedDict[int, None]") -> None:
        """Take the parts this handler works with (Tornado's way of injection)."""
        self._bot_application = application_
        self._secret = secret.encode()
        self._seen = seen

    async def post(self) -> None:
        """Check the secret, then put the update where polling would have put it."""
        given = self.request.headers.get(SECRET_HEADER, "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, self._secret):
            log.warning("webhook called without the right secret", extra={"from": self.request.remote_ip})
            raise HTTPError(403)
        try:
            update = Update.de_json(json.loads(self.request.body), self._bot_application.bot)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            log.warning("webhook called with what is no update", extra={"reason": type(error).__name__})
            raise HTTPError(400) from error
        if update is not None and update.update_id not in self._seen:
            self._seen[update.update_id] = None
            while len(self._seen) > REMEMBERED_UPDATES:
                self._seen.popitem(last=False)
            await self._bot_application.update_queue.put(update)

    def log_exception(self, *_: object) -> None:
        """Refusals are logged above; Tornado's own log would repeat the request."""


class HealthHandler(RequestHandler):
    """200 while the bot does its work, 503 with the reason otherwise."""

    def initialize(self, trouble: Callable[[], str | None]) -> None:
        """Take the function that names what is wrong, or None."""
        self._trouble = trouble

    def get(self) -> None:
        """Say how things are, as JSON."""
        trouble = self._trouble()
        self.set_status(503 if trouble else 200)
        self.write({"status": "trouble", "reason": trouble} if trouble else {"status": "ok"})


class MetricsHandler(RequestHandler):
    """Prometheus' text format."""

    def initialize(self, metrics: Metrics, waiting: Callable[[], int]) -> None:
        """Take the numbers, and a function that counts who waits."""
        self._metrics = metrics
        self._waiting = waiting

    def get(self) -> None:
        """Write all numbers."""
        self._metrics.waiting.set(self._waiting())
        self.set_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.write(self._metrics.render())


def serve_health(
    port: int, address: str, trouble: Callable[[], str | None], metrics: Metrics, waiting: Callable[[], int]
) -> HTTPServer:
    """Open /healthz and /metrics on a local port.

    Raises:
        CitebotError: the port is taken.
    """
    routes = [
        ("/healthz", HealthHandler, {"trouble": trouble}),
        ("/metrics", MetricsHandler, {"metrics": metrics, "waiting": waiting}),
    ]
    return _listen(WebApplication(routes, log_function=_silent), port, address, None, "CITEBOT_METRICS_PORT")


def serve_webhook(
    application: Application, url: str, secret: str, port: int, address: str, certificate: tuple[Path, Path] | None
) -> HTTPServer:
    """Listen for updates at the path of the public address; TLS is done here only where a certificate is given.

    Raises:
        CitebotError: the port is taken, or the certificate can't be used.
    """
    parts = {"application_": application, "secret": secret, "seen": OrderedDict()}
    routes = [(urlsplit(url).path or "/", WebhookHandler, parts)]
    context = _tls(*certificate) if certificate else None
    return _listen(WebApplication(routes, log_function=_silent), port, address, context, "CITEBOT_WEBHOOK_PORT")


def _tls(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise CitebotError(
            f"the certificate {certificate} with the key {key} can't be used ({error}): "
            "check CITEBOT_WEBHOOK_CERT and CITEBOT_WEBHOOK_KEY"
        ) from error
    return context


def _listen(web: WebApplication, port: int, address: str, tls: ssl.SSLContext | None, setting: str) -> HTTPServer:
    server = HTTPServer(web, ssl_options=tls, max_body_size=MAX_BODY)
    try:
        server.listen(port, address)
    except OSError as error:
        raise CitebotError(
            f"port {port} of {address} can't be opened ({error.strerror}): set {setting} to a free one"
        ) from error
    return server


def _silent(_: RequestHandler) -> None:
    """Tornado's access log would hold the webhook's path."""
