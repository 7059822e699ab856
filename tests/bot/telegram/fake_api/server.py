"""The HTTP face of the fake Bot API: one thread with its own event loop, real sockets, real long polling."""

import asyncio
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import tornado.httpclient
import tornado.httpserver
import tornado.netutil
import tornado.web

from .checks import ApiError
from .methods import METHODS
from .world import Call, Fault, World

DELIVERIES = 1000
"""Times that an update is delivered to a webhook until somebody takes it."""

PATIENCE_S = 180.0
"""How long a test waits for what must come. Only a failing test waits so long; a busy machine may take its time."""

TOKEN = "123456789:AAFakeTokenForTestsOnly-0123456789abcde"
CONFLICT_POLL = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
CONFLICT_HOOK = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


class _Handler(tornado.web.RequestHandler):
    def initialize(self, server: "BotApiServer") -> None:
        self.server = server

    async def post(self, token: str, method: str) -> None:
        try:
            params = self._params()
        except UnicodeDecodeError:
            self._refuse(ApiError(400, "Bad Request: strings must be encoded in UTF-8"))
            return
        name = method.lower()
        try:
            if token != self.server.token:
                raise ApiError(401, "Unauthorized")
            if name == "getupdates":
                result = await self.server.poll(params, self)
            elif name not in METHODS:
                raise ApiError(404, "Not Found: method not found")
            else:
                result = await self._run(name, method, params)
        except ApiError as error:
            self.server.record(method, params, False, error.description, injected=error.injected)
            self._refuse(error)
        except tornado.web.Finish:
            raise
        else:
            if name != "getupdates":
                self.server.record(method, params, True, result)
            self.write({"ok": True, "result": result})

    get = post

    async def _run(self, name: str, method: str, params: dict) -> Any:
        """Do the work, spoiled by the first matching fault."""
        fault = next((f for f in self.server.world.faults if f.matches(method, params)), None)
        if fault is None:
            return METHODS[name](self.server.world, params)
        fault.times -= 1
        result = METHODS[name](self.server.world, params) if fault.after else None
        if fault.delay:
            await asyncio.sleep(fault.delay)
        self.server.record(method, params, fault.after, result, injected=True)
        if fault.cut:
            self.request.connection.stream.close()
            raise tornado.web.Finish
        if fault.code:
            self._refuse(ApiError(fault.code, fault.description, **fault.parameters))
            raise tornado.web.Finish
        return result if fault.after else METHODS[name](self.server.world, params)

    def _params(self) -> dict[str, Any]:
        params: dict[str, Any] = {}
        for key, values in self.request.arguments.items():
            params[key] = _value(key, values[-1].decode())
        for key, files in self.request.files.items():
            params[key] = (files[-1]["filename"], files[-1]["body"])
        for key, value in params.items():
            if isinstance(value, str) and value.startswith("attach://"):
                params[key] = params.get(value.removeprefix("attach://"), value)
        return params

    def _refuse(self, error: ApiError) -> None:
        self.set_status(error.code, error.description[:60].split("\n")[0])
        body = {"ok": False, "error_code": error.code, "description": error.description}
        if error.parameters:
            body["parameters"] = error.parameters
        self.write(body)

    def on_connection_close(self) -> None:
        self.server.hang_up(self)


TEXT_FIELDS = {
    "text", "caption", "callback_query_id", "inline_query_id", "parse_mode", "url", "secret_token", "file_id",
    "description", "short_description", "language_code", "next_offset", "action", "inline_message_id",
    "guest_query_id",
}  # fmt: skip


def _value(key: str, raw: str) -> Any:
    """Form fields carry JSON for everything that is not a plain string."""
    if key in TEXT_FIELDS:
        return raw
    try:
        return json.loads(raw)
    except ValueError:
        return raw


class _Files(tornado.web.RequestHandler):
    def initialize(self, server: "BotApiServer") -> None:
        self.server = server

    def get(self, token: str, file_id: str) -> None:
        if token != self.server.token or file_id not in self.server.world.files:
            raise tornado.web.HTTPError(404)
        self.write(self.server.world.files[file_id][1])


class BotApiServer:
    """Starts with ``with BotApiServer() as server:``; ``base_url`` and ``file_url`` are what a bot is pointed at."""

    def __init__(self, token: str = TOKEN):
        self.token = token
        self.world = World()
        self.webhook_target: str | None = None
        """Where the proxy passes updates on to; several addresses, with spaces between them, take turns."""
        self._turns = itertools.count()
        self.webhook_statuses: list[int] = []
        self._pollers: list[tuple[_Handler, asyncio.Future]] = []
        self._changed = threading.Condition()
        self._plans: list[tuple[Callable[[], Any], Callable[[], Any]]] = []
        self._expected: list[str] = []
        self._started = threading.Event()
        self.port = 0

    def __enter__(self) -> "BotApiServer":
        self._thread = threading.Thread(target=self._serve, daemon=True, name="fake-bot-api")
        self._thread.start()
        assert self._started.wait(PATIENCE_S), "the fake Bot API did not start"
        return self

    def __exit__(self, *exc: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE_S)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/bot"

    @property
    def file_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/file/bot"

    def _serve(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        app = tornado.web.Application(
            [
                (r"/bot([^/]+)/([A-Za-z]+)", _Handler, {"server": self}),
                (r"/file/bot([^/]+)/documents/(.+)", _Files, {"server": self}),
            ],
            log_function=lambda handler: None,
        )
        sockets = tornado.netutil.bind_sockets(0, "127.0.0.1")
        self.port = sockets[0].getsockname()[1]
        http = tornado.httpserver.HTTPServer(app, max_buffer_size=64 * 1024 * 1024)
        http.add_sockets(sockets)
        self._started.set()
        await self._stop.wait()
        http.stop()
        for _, future in self._pollers:
            future.cancel()
        await http.close_all_connections()

    async def poll(self, params: dict, handler: _Handler) -> list[dict]:
        """GetUpdates: confirm what lies below the offset, then wait for more; a second poller ends the first."""
        world = self.world
        if world.webhook["url"]:
            raise ApiError(409, CONFLICT_HOOK)
        fault = next((f for f in world.faults if f.matches("getUpdates", params)), None)
        if fault is not None:
            fault.times -= 1
            error = ApiError(fault.code, fault.description, **fault.parameters)
            error.injected = True
            raise error
        waits = int(params.get("timeout") or 0)
        for _, older in self._pollers:
            # A bot that stops hangs up and at once confirms with a poll that does not wait: the two cross on the way.
            if not older.done():
                older.set_exception(ApiError(409, CONFLICT_POLL)) if waits else older.set_result([])
        offset = int(params.get("offset") or 0)
        world.updates = [update for update in world.updates if update["update_id"] >= offset]
        world.allowed_updates = params.get("allowed_updates") or world.allowed_updates
        if world.updates or not waits:
            return world.updates[:100]
        future: asyncio.Future = self._loop.create_future()
        self._pollers.append((handler, future))
        try:
            return await asyncio.wait_for(future, waits)
        except TimeoutError:
            return []
        finally:
            self._pollers = [(h, f) for h, f in self._pollers if f is not future]

    def hang_up(self, handler: _Handler) -> None:
        """Forget a poller whose connection went away."""
        for waiting, future in self._pollers:
            if waiting is handler and not future.done():
                future.set_result([])

    def hang_up_all(self) -> None:
        """End every poll that waits, with nothing."""
        self.run(lambda world: [future.set_result([]) for _, future in self._pollers if not future.done()])

    def record(self, method: str, params: dict, ok: bool, result: Any, injected: bool = False) -> None:
        with self._changed:
            copied = json.loads(json.dumps(result, default=str)) if ok else result
            self.world.calls.append(Call(method, params, ok, copied, self.world.now(), injected))
            self._changed.notify_all()
        for plan in [plan for plan in self._plans if plan[0]()]:
            self._plans.remove(plan)
            plan[1]()

    def run(self, action: Callable[[World], Any]) -> Any:
        """Do something to the world from another thread, then hand out waiting updates."""

        async def inside() -> Any:
            result = action(self.world)
            self._deliver()
            return result

        return asyncio.run_coroutine_threadsafe(inside(), self._loop).result(PATIENCE_S)

    def _deliver(self) -> None:
        world = self.world
        if world.allowed_updates:
            world.updates = [u for u in world.updates if any(kind in u for kind in world.allowed_updates)]
        if world.webhook["url"]:
            pending, world.updates = world.updates, []
            for update in pending:
                self._loop.create_task(self.push(update))
            return
        for _, future in self._pollers:
            if world.updates and not future.done():
                future.set_result(world.updates[:100])

    async def push(self, update: dict, secret: str | None = None) -> int:
        """Deliver one update to the webhook, as the proxy in front of the bot would; returns the HTTP status."""
        headers = {"Content-Type": "application/json"}
        if secret or self.world.webhook.get("secret_token"):
            headers["X-Telegram-Bot-Api-Secret-Token"] = secret or self.world.webhook["secret_token"]
        client = tornado.httpclient.AsyncHTTPClient()
        body = json.dumps(update)
        for target in itertools.islice(self._targets(), DELIVERIES):
            try:
                response = await client.fetch(target, method="POST", headers=headers, body=body, raise_error=False)
            except (OSError, tornado.httpclient.HTTPClientError):
                response = None
            if response is not None and response.code < 500:
                self.webhook_statuses.append(response.code)
                return response.code
            await asyncio.sleep(0.05)  # nobody there, or gone amid it: as Telegram does, deliver it again
        raise ConnectionError(f"nobody took update {update['update_id']}")

    def _targets(self) -> Iterator[str]:
        """The next replica behind the one address, then the others, again and again."""
        targets = (self.webhook_target or "").split()
        while True:
            yield targets[next(self._turns) % len(targets)]

    def wait(self, condition: Callable[[], Any], timeout: float = PATIENCE_S) -> Any:
        """Block until ``condition()`` is true, and return its value.

        It is asked after each request, and every now and then: what the bot does for itself makes no request.
        """
        until = time.monotonic() + timeout
        while not (value := condition()):
            if time.monotonic() > until:
                recent = [(c.method, c.ok, str(c.params)[:160]) for c in self.world.calls[-8:]]
                raise AssertionError(f"nothing of the kind within {timeout} s; last requests: {recent}")
            with self._changed:
                self._changed.wait(0.05)
        return value

    def plan(self, condition: Callable[[], Any], action: Callable[[], Any]) -> None:
        """Have ``action`` done once, right after the request that makes ``condition`` true, in the server's thread.

        No other request is carried out between, however busy the machine is.
        """
        self._plans.append((condition, action))

    def spoil(self, method: str, **rule: Any) -> Fault:
        """Add a fault rule; see Fault."""
        fault = Fault(method, **rule)
        self.run(lambda world: world.faults.append(fault))
        return fault

    def refusals(self) -> list[Call]:
        """Requests the server itself refused (injected faults left out)."""
        return [call for call in self.world.calls if not call.ok and not call.injected]

    def expect_refusals(self, part: str) -> None:
        """Say that refusals with these words, now or later, are what the test is about."""
        self._expected.append(part)

    def unexpected_refusals(self) -> list[Call]:
        """Refusals that the test has not said to expect."""
        return [call for call in self.refusals() if not any(part in call.result for part in self._expected)]
