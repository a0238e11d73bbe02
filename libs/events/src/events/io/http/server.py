"""The HTTP server: uvicorn, told to answer malformed requests with a problem too."""

import signal
from asyncio import get_running_loop
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from events.io.http.problems import PROBLEM_JSON

GRACE_SECONDS = 5


class _Protocol(HttpToolsProtocol):
    """What cannot be parsed as HTTP never reaches the application; its answer looks alike."""

    def send_400_response(self, msg: str) -> None:
        problem = {
            "type": "/problems/not_http",
            "title": "This is not an HTTP request",
            "status": 400,
            "detail": msg,
            "code": "not_http",
            "trace_id": "0" * 32,
        }
        body = msgspec.json.encode(problem)
        head = (
            "HTTP/1.1 400 Bad Request\r\n"
            f"content-type: {PROBLEM_JSON}\r\n"
            f"content-length: {len(body)}\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode("ascii") + body)
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
