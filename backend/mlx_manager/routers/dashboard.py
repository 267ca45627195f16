"""Everything else: the dashboard's files, or how to build them."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

_NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>MLX Manager</title>
<body style="font: 16px/1.6 system-ui; max-width: 42rem; margin: 4rem auto; padding: 0 1rem">
<h1>MLX Manager is running</h1>
<p>The dashboard is not built yet. In the folder of the repository, with Node.js 20.19 or newer
installed, run <code>make build</code> and start the server again.</p>
<p>Meanwhile OpenAI clients can use <code>/v1</code> of this address, for example with the model
<code>mlx-manager/guide</code>.</p>
"""


def serve_dashboard(app: FastAPI, directory: Path) -> None:
    """Serve the bundle in ``directory``, and its page for every client route; included last.

    Without a bundle, ``/`` says how to build one.
    """
    if (directory / "index.html").is_file():
        app.frontend("/", directory=directory, fallback="index.html")
        return

    @app.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
    async def not_built() -> HTMLResponse:
        return HTMLResponse(_NOT_BUILT)
