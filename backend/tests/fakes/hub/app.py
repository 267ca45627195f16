"""The stand-in's routes, as https://huggingface.co/docs/hub/api lists them."""

from typing import Any
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.fakes.hub.content import HubFile, HubRepo
from tests.fakes.hub.faults import Fault, Faults
from tests.fakes.hub.files import send_file

_WITHOUT_EXPAND = [
    "private",
    "likes",
    "downloads",
    "tags",
    "pipeline_tag",
    "library_name",
    "createdAt",
    "modelId",
    "gated",
]
_FULL = (*_WITHOUT_EXPAND, "author", "sha", "lastModified", "siblings", "disabled")


class Hub:
    """Some repositories behind HTTP. ``requests`` keeps what was asked: method, path, range."""

    def __init__(self, *repos: HubRepo) -> None:
        self.repos = {repo.id: repo for repo in repos}
        self.faults = Faults()
        self.requests: list[tuple[str, str, str | None]] = []

    def app(self) -> Starlette:
        """The ASGI application."""
        model = "/api/models/{owner}/{name}"
        routes = [
            Route("/api/models", self._search),
            Route(model, self._info),
            Route(model + "/revision/{revision}", self._info),
            Route(model + "/tree/{revision}", self._tree),
            Route("/{owner}/{name}/resolve/{revision}/{path:path}", self._resolve),
            Route("/cdn/{etag}", self._content),
            Route("/_hub/faults", self._command, methods=["POST", "DELETE"]),
        ]
        application = Starlette(routes=routes)
        application.add_middleware(_Struck, hub=self)
        return application

    async def _search(self, request: Request) -> Response:
        query = request.query_params
        found = [repo for repo in self.repos.values() if _matches(repo, query, _token(request))]
        if sort := query.get("sort"):
            found.sort(key=lambda repo: repo.facts().get(sort) or 0, reverse=True)
        start, limit = int(query.get("cursor", 0)), int(query.get("limit", 1000))
        headers = {}
        if start + limit < len(found):
            after = request.url.include_query_params(cursor=start + limit)
            headers["link"] = f'<{after}>; rel="next"'
        entries = [_entry(repo, query) for repo in found[start : start + limit]]
        return JSONResponse(entries, headers=headers)

    async def _info(self, request: Request) -> Response:
        repo = self._find(request)
        if isinstance(repo, Response):
            return repo
        query = request.query_params
        entry = _entry(repo, query, full=True)
        if query.get("blobs") == "true":
            entry["siblings"] = [_with_blob(file) for file in repo.files.values()]
        return JSONResponse(entry)

    async def _tree(self, request: Request) -> Response:
        repo = self._find(request)
        if isinstance(repo, Response):
            return repo
        return JSONResponse([file.in_tree() for file in repo.files.values()])

    async def _resolve(self, request: Request) -> Response:
        repo = self._find(request)
        if isinstance(repo, Response):
            return repo
        if repo.gated and _token(request) not in repo.tokens:
            signed_in = _token(request) is not None
            words = f"Access to model {repo.id} is restricted."
            return _error(403 if signed_in else 401, "GatedRepo", words)
        commit = {"x-repo-commit": repo.sha}
        file = repo.files.get(request.path_params["path"])
        if file is None:
            return _error(404, "EntryNotFound", "Entry not found", commit)
        if not file.is_large:
            fault: Fault | None = request.state.fault
            return send_file(file, request.method, request.headers.get("range"), commit, fault)
        linked = {"x-linked-size": str(file.size), "x-linked-etag": f'"{file.etag}"', **commit}
        # Another host name, as the hub's content network has: no token may follow there.
        other = "localhost" if request.url.hostname == "127.0.0.1" else "127.0.0.1"
        where = f"http://{other}:{request.url.port}/cdn/{file.etag}?repo={repo.id}&signed=yes"
        return RedirectResponse(where, status_code=302, headers=linked)

    async def _content(self, request: Request) -> Response:
        if "authorization" in request.headers:
            return _error(400, "TokenLeaked", "A token came to the content network.")
        if request.query_params.get("signed") != "yes":
            return _error(403, "NotSigned", "This address is not signed.")
        etag = request.path_params["etag"]
        repo = self.repos[request.query_params["repo"]]
        file = next(file for file in repo.files.values() if file.etag == etag)
        fault: Fault | None = request.state.fault
        return send_file(file, request.method, request.headers.get("range"), {}, fault)

    async def _command(self, request: Request) -> Response:
        """Add a fault (its fields as JSON), or lift them all."""
        if request.method == "DELETE":
            self.faults.lift()
        else:
            self.faults.add(Fault(**await request.json()))
        return Response(status_code=204)

    def _find(self, request: Request) -> HubRepo | Response:
        values = request.path_params
        repo = self.repos.get(f"{values['owner']}/{values['name']}")
        if repo is None or (repo.private and _token(request) not in repo.tokens):
            return _error(401, "RepoNotFound", "Repository not found")
        revision = unquote(values.get("revision", "main"))
        if revision not in ("main", repo.sha):
            return _error(404, "RevisionNotFound", "Revision not found")
        return repo


class _Struck:
    """Notes every request, and lets faults have it before the routes do."""

    def __init__(self, app: Any, hub: Hub) -> None:
        self._app = app
        self._hub = hub

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_hub/"):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        path = f"{scope['path']}?{request.url.query}"
        self._hub.requests.append((scope["method"], path, request.headers.get("range")))
        fault = self._hub.faults.strike(scope["method"], path)
        request.state.fault = fault
        if fault is not None and fault.kind == "status":
            words = {"error": "on command"}
            reply: Any = JSONResponse(words, status_code=fault.status, headers=fault.headers)
        elif fault is not None and fault.kind == "garbage":
            reply = HTMLResponse("<html><title>Sign in to this network</title></html>")
        else:
            if fault is not None and fault.kind == "hold" and not fault.after_bytes:
                await fault.lifted.wait()
            reply = self._app
        await reply(scope, receive, send)


def _matches(repo: HubRepo, query: QueryParams, token: str | None) -> bool:
    return (
        query.get("search", "").lower() in repo.id.lower()
        and query.get("author", repo.id.split("/")[0]) == repo.id.split("/")[0]
        and set(query.getlist("filter")) <= set(repo.tags)
        and (not repo.private or token in repo.tokens)
    )


def _entry(repo: HubRepo, query: QueryParams, full: bool = False) -> dict[str, Any]:
    facts = repo.facts()
    wanted = query.getlist("expand")
    names = wanted or (_FULL if full or query.get("full") == "true" else _WITHOUT_EXPAND)
    return {"_id": repo.sha[:24], "id": repo.id, **{name: facts[name] for name in names}}


def _with_blob(file: HubFile) -> dict[str, Any]:
    entry: dict[str, Any] = {"rfilename": file.name, "size": file.size, "blobId": file.blob_id}
    if file.is_large:
        entry["lfs"] = {"sha256": file.sha256, "size": file.size, "pointerSize": 134}
    return entry


def _token(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" and token else None


def _error(status: int, code: str, words: str, more: dict[str, str] | None = None) -> Response:
    headers = {"x-error-code": code, "x-error-message": words, **(more or {})}
    return JSONResponse({"error": words}, status_code=status, headers=headers)
