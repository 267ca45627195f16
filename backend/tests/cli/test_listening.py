import asyncio
import socket
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from mlx_manager.cli.listening import CannotListenError, listen, url_of


def port_of(sockets: list[socket.socket]) -> int:
    port: int = sockets[0].getsockname()[1]
    return port


def close(sockets: list[socket.socket]) -> None:
    for each in sockets:
        each.close()


def test_port_zero_takes_one_free_port_for_every_address_of_a_name() -> None:
    sockets = listen("localhost", 0)
    try:
        assert len({each.getsockname()[1] for each in sockets}) == 1
        assert port_of(sockets) > 0
    finally:
        close(sockets)


@pytest.mark.anyio
async def test_what_is_written_is_sent_at_once_on_every_loop() -> None:
    accepted: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
    [listener] = listen("127.0.0.1", 0)
    server = await asyncio.start_server(
        lambda _, writer: accepted.put_nowait(writer), sock=listener
    )
    async with server:
        _, client = await asyncio.open_connection(*listener.getsockname())
        theirs = await accepted.get()
        inner: socket.socket = theirs.get_extra_info("socket")
        assert inner.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        for writer in (client, theirs):
            writer.close()
            await writer.wait_closed()


def test_the_port_is_ours_from_the_first_moment() -> None:
    sockets = listen("127.0.0.1", 0)
    try:
        with pytest.raises(CannotListenError):
            listen("127.0.0.1", port_of(sockets))
    finally:
        close(sockets)


def test_a_port_in_use_is_told_with_one_that_is_free() -> None:
    sockets = listen("127.0.0.1", 0)
    port = port_of(sockets)
    try:
        with pytest.raises(CannotListenError) as caught:
            listen("127.0.0.1", port)
    finally:
        close(sockets)
    message = str(caught.value)
    assert f"port {port} is in use by another program" in message
    advised = int(message.rpartition("--port ")[2].rstrip("."))
    close(listen("127.0.0.1", advised))


def test_a_running_manager_is_recognised() -> None:
    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b'{"status": "healthy", "version": "9.9.9", "inference": {}}'
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    with HTTPServer(("127.0.0.1", 0), Health) as running:
        thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            with pytest.raises(CannotListenError) as caught:
                listen("127.0.0.1", running.server_port)
        finally:
            running.shutdown()
            thread.join()
    assert str(caught.value).startswith(
        f"MLX Manager 9.9.9 is already running on port {running.server_port}. "
        f"Open http://127.0.0.1:{running.server_port}, or start this one with --port "
    )


@pytest.mark.parametrize("host", ["198.51.100.7", "no..host"])
def test_an_address_of_another_machine_is_refused_by_name(host: str) -> None:
    with pytest.raises(CannotListenError, match=r"127\.0\.0\.1") as caught:
        listen(host, 0)
    assert host in str(caught.value)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080"),
        ("0.0.0.0", "http://localhost:8080"),
        ("::", "http://localhost:8080"),
        ("::1", "http://[::1]:8080"),
        ("box.local", "http://box.local:8080"),
    ],
)
def test_the_address_to_open_is_one_that_a_browser_can_open(host: str, url: str) -> None:
    assert url_of(host, 8080) == url
