"""What every answer tells browsers and proxies, and which hosts are answered at all."""

from collections.abc import Callable, Sequence
from http import HTTPStatus

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem
from coach.settings import Settings

_NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_UNLESS_GIVEN = {"Content-Security-Policy": _NOTHING, "Cache-Control": "no-store"}
_A_YEAR = "max-age=31536000"
_LASTING = "/static-offline-docs/"


class SecurityHeaders:
    """Stands around everything, so that errors, streams and pages have them, too.

    Nothing is kept by caches but the parts of the interface's page. Other origins are allowed nothing.
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str], behind_tls: bool) -> None:
        """`hosts`: the names that are answered to, all when there are none."""
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._always = _ALWAYS | ({"Strict-Transport-Security": _A_YEAR} if behind_tls else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._mark(scope, MutableHeaders(raw=message["headers"]))
            await send(message)

        if self._is_for_us(scope):
            await self._app(scope, receive, told)
        else:
            detail = "this service does not answer to that host; see COUNTERPART_ALLOWED_HOSTS"
            await problem(HTTPStatus.BAD_REQUEST, detail)(scope, receive, told)

    def _mark(self, scope: Scope, headers: MutableHeaders) -> None:
        for name, value in self._always.items():
            headers[name] = value
        for name, value in _UNLESS_GIVEN.items():
            if not (name == "Cache-Control" and scope["path"].startswith(_LASTING)):
                headers.setdefault(name, value)

    def _is_for_us(self, scope: Scope) -> bool:
        return not self._hosts or _name(Headers(scope=scope).get("host", "")) in self._hosts


def _name(host: str) -> str:
    """Without its port; an address of version 6 keeps its brackets."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()


def secure(app: FastAPI, settings: Settings) -> None:
    """Put the headers around all of the application, the answers to unforeseen errors among it."""
    build: Callable[[], ASGIApp] = app.build_middleware_stack

    def secured() -> ASGIApp:
        return SecurityHeaders(build(), settings.allowed_hosts, settings.behind_tls)

    app.build_middleware_stack = secured  # type: ignore[method-assign]
