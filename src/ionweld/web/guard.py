"""Who may ask, how much may be sent, and what a page may do: around every answer, before any of our code runs.

The page is reached by this machine alone, yet every page that a browser has open can send requests to this machine. So
each request must name a host of ours (against rebinding of names), come from our own page (Origin, Sec-Fetch-Site) and
carry the token: in the address that was printed, which is turned into a cookie at once, or in the header X-Ionweld-Token.
"""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from secrets import compare_digest
from typing import Any
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

LARGEST_UPLOAD_BYTES = 2**30
LARGEST_BODY_BYTES = 2**22
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_UPLOADS = "/api/drop/upload"
# nothing from elsewhere, no script in the page itself; plotly.js styles its elements one by one
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)


class Refused(Exception):  # noqa: N818 - it is an answer, no error of the program
    """A request that gets no answer but this."""

    def __init__(self, status: int, said: str) -> None:
        self.status, self.said = status, said
        super().__init__(said)


class Guard:
    """The application behind its guard. port: of this server; token: what a request must know."""

    def __init__(self, behind: Application, port: int, token: str) -> None:
        self._behind, self._token = behind, token
        self._cookie = f"ionweld_{port}"  # cookies know no port: each server has a name of its own
        self._hosts = {f"{host}:{port}" for host in LOOPBACK}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._behind(scope, receive, send)
            return
        if scope["type"] != "http":  # a WebSocket, which nothing here speaks
            await send({"type": "websocket.close", "code": 1008})
            return
        try:
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            self._check_host(headers)
            if self._brings_token(scope):
                await _turn_into_cookie(send, self._cookie, self._token)
                return
            self._check_origin(headers)
            self._check_token(headers)
            limit = _limit(scope, headers)
            await self._behind(scope, _counted(receive, limit), _with_headers(send))
        except Refused as refused:
            await _answer(send, refused.status, refused.said)

    def _check_host(self, headers: dict[str, str]) -> None:
        if headers.get("host", "") not in self._hosts:
            raise Refused(403, "This address is not one of this page: use the one that `ionweld lab` printed")

    def _brings_token(self, scope: Message) -> bool:
        """Say whether this is the printed address. Raises Refused for one with another token."""
        if scope["path"] != "/" or scope["method"] not in ("GET", "HEAD"):
            return False
        given = dict(parse_qsl(scope["query_string"].decode("latin-1"))).get("token")
        if given is not None and not _same(given, self._token):
            raise Refused(403, "The token in this address is of another run: use the address that was printed last")
        return given is not None

    def _check_origin(self, headers: dict[str, str]) -> None:
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
        ours = origin is None or origin in {f"http://{host}" for host in self._hosts}
        if not ours or site not in ("same-origin", "none"):
            raise Refused(403, "Another page asked: only the page of `ionweld lab` itself gets answers")

    def _check_token(self, headers: dict[str, str]) -> None:
        given = headers.get("x-ionweld-token") or _cookie_of(headers, self._cookie)
        if not _same(given, self._token):
            raise Refused(403, "Open the address that `ionweld lab` printed: it holds the token of this run")


def _same(given: str, token: str) -> bool:
    return compare_digest(given.encode(), token.encode())


def _cookie_of(headers: dict[str, str], name: str) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


def _limit(scope: Message, headers: dict[str, str]) -> int:
    """Return how many bytes may be sent. Raises Refused for a request that says that it brings more."""
    limit = LARGEST_UPLOAD_BYTES if scope["path"] == _UPLOADS else LARGEST_BODY_BYTES
    said = headers.get("content-length", "0")
    if not said.isdigit() or int(said) > limit:
        raise Refused(413, _too_large(limit))
    return limit


def _too_large(limit: int) -> str:
    return f"That is too large: at most {limit / 2**20:.0f} MiB are taken at once"


def _counted(receive: Receive, limit: int) -> Receive:
    """Return a receiver that refuses what is longer than it said."""
    taken = 0

    async def next_part() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise HTTPException(413, _too_large(limit))  # in the midst of an answer: the application gives it
        return message

    return next_part


def _with_headers(send: Send) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = {name for name, _ in message.get("headers", [])}
            message["headers"] = [*message.get("headers", []), *(one for one in _HEADERS if one[0] not in own)]
        await send(message)

    return sender


async def _turn_into_cookie(send: Send, name: str, token: str) -> None:
    """Take the token out of the address, so that it stands in no history and no picture of the screen."""
    cookie = f"{name}={token}; Path=/; HttpOnly; SameSite=Strict"
    await _respond(send, 303, b"", [(b"location", b"/"), (b"set-cookie", cookie.encode())])


async def _answer(send: Send, status: int, said: str) -> None:
    await _respond(send, status, f"{said}.\n".encode(), [(b"content-type", b"text/plain; charset=utf-8")])


async def _respond(send: Send, status: int, body: bytes, headers: Iterable[tuple[bytes, bytes]]) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length, *_HEADERS]})
    await send({"type": "http.response.body", "body": body})
