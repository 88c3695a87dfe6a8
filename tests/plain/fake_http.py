"""A tiny scripted HTTP server on 127.0.0.1 for the tests of `tochka_api`."""

import json
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Reply(NamedTuple):
    """One scripted answer; `fault` breaks it on the wire."""

    status: int = 200
    body: object = None
    headers: dict = {}
    fault: str = ""

    def content(self):
        """Return the bytes: texts and bytes as they are, all else as JSON."""
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode()
        return json.dumps(self.body, ensure_ascii=False).encode()


class Seen(NamedTuple):
    """One request as it arrived."""

    method: str
    path: str
    headers: dict
    body: bytes


def data(content):
    """Wrap `content` into the envelope of a successful answer."""
    return {"Data": content, "Links": {"self": "x"}, "Meta": {"totalPages": 1}}


def envelope(status, message="Something going wrong", code="HTTPError", error_id="e-1"):
    """Return the bank's error envelope as a Reply."""
    fault = {"errorCode": code, "message": message, "url": "http://bank.example"}
    body = {"code": str(status), "id": error_id, "message": "-", "Errors": [fault]}
    return Reply(status, body)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _serve(self):
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size)
        seen = Seen(self.command, self.path, dict(self.headers), body)
        reply = self.server.owner.take(seen)
        getattr(self, f"_send_{reply.fault or 'whole'}")(reply)

    do_GET = do_POST = do_PUT = do_DELETE = _serve

    def _send_whole(self, reply):
        content = reply.content()
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _send_cut(self, reply):
        """Announce the whole body, send half of it, and close the connection."""
        self._half(reply)

    def _send_reset(self, reply):
        """Send half of the body and reset the connection."""
        self._half(reply)
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def _send_slow(self, reply):
        self.server.owner.stopping.wait(2)
        self.close_connection = True

    def _half(self, reply):
        content = reply.content()
        self.send_response(reply.status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2])
        self.wfile.flush()
        self.close_connection = True

    def log_message(self, *args):
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        """Print nothing: clients of these tests hang up on purpose."""


class FakeBank:
    """Serves scripted replies and remembers every request.

    Replies of a path are given in turn and the last one stays.
    """

    def __init__(self, tls=None):
        self._script = {}
        self._lock = threading.Lock()
        self.seen = []
        self.stopping = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        scheme = "http"
        if tls:
            scheme = "https"
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.root = f"{scheme}://127.0.0.1:{self._server.server_port}"
        self.url = f"{self.root}/uapi"
        threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        ).start()

    def close(self):
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def on(self, path, *replies):
        """Script the replies of a path below the root; bare values mean 200 JSON."""
        self._script[path] = [
            reply if isinstance(reply, Reply) else Reply(body=reply)
            for reply in replies
        ]

    def take(self, seen):
        with self._lock:
            self.seen.append(seen)
            replies = self._script.get(seen.path.partition("?")[0])
            if not replies:
                return envelope(404, "no such path in the script")
            return replies.pop(0) if len(replies) > 1 else replies[0]


class Sleeper:
    """Replacement of `time.sleep`: remembers the seconds and returns at once."""

    def __init__(self):
        self.slept = []

    def __call__(self, seconds):
        self.slept.append(seconds)
