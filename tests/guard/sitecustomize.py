"""Python's sockets reach loopback alone; what else is tried is noted and fails. See tests/offline.py."""

import errno
import ipaddress
import os
import socket
from typing import Any, NoReturn

_NOTED = os.environ.get("COUNTERPART_TESTS_ATTEMPTS")
_HERE = {None, "", "localhost", "localhost.localdomain", b"localhost"}


def _is_here(host: Any) -> bool:
    if host in _HERE:
        return True
    try:
        address = ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _refuse(how: str, host: Any) -> NoReturn:
    if _NOTED:
        with open(_NOTED, "a") as noted:  # noqa: PTH123
            noted.write(f"{how} {host}\n")
    raise OSError(errno.ENETUNREACH, f"the tests' guard lets nothing out: {how} {host}")


def _check(how: str, family: int, address: Any) -> None:
    if family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
        _refuse(how, address[0])


class _Guarded(socket.socket):
    def connect(self, address: Any) -> None:
        _check("connect", self.family, address)
        super().connect(address)

    def connect_ex(self, address: Any) -> int:
        _check("connect", self.family, address)
        return super().connect_ex(address)

    def sendto(self, data: Any, *rest: Any) -> int:
        _check("sendto", self.family, rest[-1])
        return super().sendto(data, *rest)

    def sendmsg(self, buffers: Any, ancdata: Any = (), flags: int = 0, address: Any = None) -> int:
        if address is not None:
            _check("sendmsg", self.family, address)
            return super().sendmsg(buffers, ancdata, flags, address)
        return super().sendmsg(buffers, ancdata, flags)


_getaddrinfo = socket.getaddrinfo


def _guarded_getaddrinfo(host: Any, *rest: Any, **more: Any) -> Any:
    if not _is_here(host.decode() if isinstance(host, bytes) else host):
        _refuse("getaddrinfo", host)
    return _getaddrinfo(host, *rest, **more)


socket.socket = _Guarded  # type: ignore[misc]
socket.getaddrinfo = _guarded_getaddrinfo
