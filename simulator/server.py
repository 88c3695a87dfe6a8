"""Serve the bank by HTTP or TLS; break connections where a fault says so."""

from __future__ import annotations

import re
import socket
import ssl
import struct
import threading
import time
import traceback
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

from . import control, routes
from .bank import Bank
from .web import BankError, Request, Response, error_answer


class Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    server_version = "bank"
    sys_version = ""
    disable_nagle_algorithm = True
    server: Server

    def _serve(self) -> None:
        started = time.monotonic()
        length = self.headers.get("Content-Length") or "0"
        body = self.rfile.read(int(length)) if length.isdigit() else b""
        request = self._request(body)
        response = self.server.answer(request)
        if not request.path.startswith("/control"):
            self.server.note(request, response, time.monotonic() - started)
        self._send(response)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = _serve

    def _request(self, body: bytes) -> Request:
        parts = urlsplit(self.path if "://" in self.path else "x:" + self.path)
        path = re.sub("/+", "/", unquote(parts.path)) or "/"
        scheme = "https" if self.server.ca_pem else "http"
        host = self.headers.get("Host") or "{}:{}".format(*self.server.server_address)
        return Request(
            self.command,
            path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            body,
            f"{scheme}://{host}",
            self.client_address[0],
            self.path,
        )

    def _send(self, response: Response) -> None:
        if response.cut == "reset":
            self._break()
            return
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body)))
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if response.cut == "half":
            self.wfile.write(response.body[: len(response.body) // 2])
            self.wfile.flush()
            # The reset drops what the client has not read: give it time to read.
            time.sleep(0.05)
            self._break()
        elif self.command != "HEAD":
            self.wfile.write(response.body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Write the header `Date` by the bank's own clock."""
        return super().date_time_string(self.server.bank.clock.now().timestamp())

    def _break(self) -> None:
        """Reset the connection, so that the client sees no proper end."""
        self.close_connection = True
        now = struct.pack("ii", 1, 0)
        raw = self.connection
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)
        # The files of the handler hold the socket open, so its descriptor is closed.
        socket.close(raw.detach())

    def finish(self) -> None:
        """End the connection, which may be broken already."""
        with suppress(OSError, ValueError):
            return super().finish()

    def log_message(self, *args: object) -> None:
        """Print nothing: requests are in the bank's own log."""


class Server(ThreadingHTTPServer):
    """A bank that listens.

    :param tls: certificate context and the PEM of its CA, when it speaks TLS
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(
        self,
        bank: Bank,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: tuple[ssl.SSLContext, str] | None = None,
    ):
        super().__init__((host, port), Handler)
        self.bank = bank
        self.ca_pem = tls[1] if tls else ""
        if tls:
            # A slow handshake in the accepting thread would hold up all other clients.
            self.socket = tls[0].wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread: threading.Thread | None = None

    def answer(self, request: Request) -> Response:
        """Answer a request, of control or of a client."""
        try:
            if request.path == "/control" or request.path.startswith("/control/"):
                return control.answer(self.bank, request)
            return routes.answer(self.bank, request)
        except Exception:
            traceback.print_exc()
            return error_answer(BankError(500, "Something going wrong"))

    def note(self, request: Request, response: Response, seconds: float) -> None:
        """Write a request into the bank's log."""
        self.bank.log.append(
            {
                "at": self.bank.clock.now().isoformat(),
                "method": request.method,
                "path": request.target,
                "status": None if response.cut == "reset" else response.status,
                "cut": response.cut or None,
                "seconds": round(seconds, 4),
            }
        )

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing about clients that broke the connection."""

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and free the port."""
        self.bank.close()
        self.shutdown()
        self.server_close()
        if self._thread:
            self._thread.join(5)
