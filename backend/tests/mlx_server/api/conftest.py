"""A real uvicorn with the real engine: the guide model, and tiny ones of random weights."""

from collections.abc import AsyncIterator, Iterator

import httpx
import openai
import pytest

from mlx_manager.mlx_server.config import MLXServerSettings
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.main import create_app
from tests.fakes.embedding_models import make_embedder, make_encoder, make_judge
from tests.fakes.model_directory import snapshot_folder
from tests.fakes.tiny_models import make_model
from tests.mlx_server.conftest import Server
from tests.serving import served_in_thread

RANDOM_MODEL = ModelId("tiny/random")
THINKER = ModelId("tiny/thinker")
EMBEDDER = ModelId("tiny/embedder")
JUDGE = ModelId("tiny/judge")
RANKER = ModelId("tiny/ranker")


@pytest.fixture(scope="session")
def real_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its ``/v1``. One server for all tests: loading a model costs more than most of them."""
    cache = tmp_path_factory.mktemp("hub")
    make_model(snapshot_folder(cache, RANDOM_MODEL), rope_theta=1e4)
    make_model(snapshot_folder(cache, THINKER), seed=3, thinks=True)
    make_embedder(snapshot_folder(cache, EMBEDDER))
    make_judge(snapshot_folder(cache, JUDGE), yes=121, no=110)
    make_encoder(snapshot_folder(cache, RANKER), ranks=True)
    settings = MLXServerSettings(
        hf_cache_path=cache, max_memory_gb=4, prefix_cache_mb=64, completion_batch_size=24
    )
    with served_in_thread(create_app(settings=settings)) as url:
        yield f"{url}/v1"


@pytest.fixture
def real(real_url: str) -> Iterator[httpx.Client]:
    """A plain HTTP client of the real engine."""
    with httpx.Client(base_url=real_url, timeout=120) as http:
        yield http


@pytest.fixture
def real_sdk(real_url: str) -> Iterator[openai.OpenAI]:
    """The synchronous client of the real engine, without retries."""
    with openai.OpenAI(base_url=real_url, api_key="x", max_retries=0, timeout=120) as client:
        yield client


@pytest.fixture
async def sdk(server: Server) -> AsyncIterator[openai.AsyncOpenAI]:
    """The asynchronous client, without retries."""
    async with openai.AsyncOpenAI(base_url=server.url, api_key="x", max_retries=0) as client:
        yield client
