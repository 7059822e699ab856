"""HTTP servers: the webhook, whose secret is compared in constant time, and /healthz and /metrics.

python-telegram-bot's own webhook (22.x) is not used: it logs updates that it cannot read, with the questions in them,
which must never be logged; it compares the secret with ``!=``; and it answers twice what Telegram delivers twice.
"""

import asyncio
import hmac
import json
import logging
import ssl
from collections import OrderedDict
from collections.abc import Awaitable, Callable
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
Record = Callable[[list[Update]], Awaitable[None]]
"""Records updates where all replicas of the bot see them."""
log = logging.getLogger("citebot")


class WebhookHandler(RequestHandler):
    """Accepts updates from Telegram only; one delivered twice is processed once."""

    def initialize(
        self, application_: Application, secret: str, seen: "OrderedDict[int, None]", record: Record, turn: asyncio.Lock
    ) -> None:
        """Take this handler's parts, as Tornado passes them."""
        self._bot_application = application_
        self._secret = secret.encode()
        self._seen = seen
        self._record, self._turn = record, turn

    async def post(self) -> None:
        """Check the secret, then put the update into the queue that polling would have put it into."""
        given = self.request.headers.get(SECRET_HEADER, "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, self._secret):
            log.warning("webhook called without the right secret", extra={"from": self.request.remote_ip})
            raise HTTPError(403)
        try:
            update = Update.de_json(json.loads(self.request.body), self._bot_application.bot)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            log.warning("webhook called with an invalid update", extra={"reason": type(error).__name__})
            raise HTTPError(400) from error
        if update is not None and update.update_id not in self._seen:
            self._seen[update.update_id] = None
            while len(self._seen) > REMEMBERED_UPDATES:
                self._seen.popitem(last=False)
            # Recorded before Telegram is told that it arrived, and one at a time, so that the order is kept.
            async with self._turn:
                await self._record([update])
                await self._bot_application.update_queue.put(update)

    def log_exception(self, *_: object) -> None:
        """Refusals are logged above; Tornado's own log would repeat the request."""


class HealthHandler(RequestHandler):
    """200 while the bot works, else 503 with the reason."""

    def initialize(self, problem: Callable[[], str | None]) -> None:
        """Take the function that returns what is wrong, or None."""
        self._problem = problem

    def get(self) -> None:
        """Write the health as JSON."""
        problem = self._problem()
        self.set_status(503 if problem else 200)
        self.write({"status": "trouble", "reason": problem} if problem else {"status": "ok"})


class MetricsHandler(RequestHandler):
    """Prometheus' text format."""

    def initialize(self, metrics: Metrics, waiting: Callable[[], int]) -> None:
        """Take the metrics, and a function that returns the number of waiting questions."""
        self._metrics = metrics
        self._waiting = waiting

    def get(self) -> None:
        """Write all metrics."""
        self._metrics.waiting.set(self._waiting())
        self.set_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.write(self._metrics.render())


def serve_health(
    port: int, address: str, problem: Callable[[], str | None], metrics: Metrics, waiting: Callable[[], int]
) -> HTTPServer:
    """Open /healthz and /metrics on a local port.

    Raises:
        CitebotError: the port is taken.
    """
    routes = [
        ("/healthz", HealthHandler, {"problem": problem}),
        ("/metrics", MetricsHandler, {"metrics": metrics, "waiting": waiting}),
    ]
    return _listen(WebApplication(routes, log_function=_silent), port, address, None, "CITEBOT_METRICS_PORT")


def serve_webhook(
    application: Application,
    url: str,
    secret: str,
    port: int,
    address: str,
    certificate: tuple[Path, Path] | None,
    record: Record,
) -> HTTPServer:
    """Listen for updates at the path of the public address; TLS is done here only where a certificate is given.

    Raises:
        CitebotError: the port is taken, or the certificate can't be used.
    """
    parts = {"application_": application, "secret": secret, "seen": OrderedDict(), "record": record}
    parts["turn"] = asyncio.Lock()
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
