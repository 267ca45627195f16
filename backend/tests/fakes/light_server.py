"""A model's process without a model: quick to start, well at first.

It says yes to every order, and is well for ``HEALTHY_CHECKS`` looks, then says why it is not.
"""

import json
import os
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOOKS = iter(range(int(os.environ.get("HEALTHY_CHECKS", "1000000"))))


class Handler(BaseHTTPRequestHandler):
    """The routes that a supervisor asks."""

    def do_GET(self) -> None:
        """Health."""
        well = next(LOOKS, None) is not None
        body = {"status": "healthy"} if well else {"status": "degraded", "reason": "a sore throat"}
        self._answer(200 if well else 503, body)

    def do_POST(self) -> None:
        """Profile and load."""
        self.rfile.read(int(self.headers["content-length"]))
        self._answer(200, {})

    def _answer(self, status: int, body: dict[str, str]) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


def main() -> None:
    """Until the parent ends."""
    listener = socket.socket(fileno=int(os.environ["MLX_SERVER_LISTEN_FD"]))
    server = ThreadingHTTPServer(listener.getsockname()[:2], Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
