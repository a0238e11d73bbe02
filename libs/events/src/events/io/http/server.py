"""The HTTP server: uvicorn, told to answer malformed requests with a problem too."""

import signal
from asyncio import get_running_loop
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from events.io.http.problems import Problem
from events.io.telemetry import Trace

GRACE_SECONDS = 5
HEAD_MAX_BYTES = 65_536


class _Protocol(HttpToolsProtocol):
    """What never reaches the application is answered alike: no HTTP, or a head without end."""

    _in_head = False
    _head_bytes = 0

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_MAX_BYTES and not self.transport.is_closing():
                self._refuse(431, "head_too_large", f"At most {HEAD_MAX_BYTES} bytes of head.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        self._refuse(400, "not_http", msg)

    def _refuse(self, status: int, code: str, detail: str) -> None:
        problem = Problem(code, detail).response(Trace.of(None).id)
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode()]
        lines += [name + b": " + value for name, value in problem.raw_headers]
        head = b"\r\n".join([*lines, b"connection: close", b"", b""])
        self.transport.write(head + bytes(problem.body))
        self.transport.close()


class Server(uvicorn.Server):
    """Ends when told to by SIGTERM or SIGINT, and lets the caller put everything else away."""

    def __init__(self, app: Any, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                http=_Protocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Only take note: uvicorn would raise the signal again and end the process half-way."""
        loop = get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)
