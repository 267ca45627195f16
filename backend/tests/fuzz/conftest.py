"""One server with the real engine and tiny models of random weights, to throw things at."""

from collections.abc import Iterator

import pytest

from mlx_manager.mlx_server.main import create_app
from tests.fakes.embedding_models import make_embedder, make_judge
from tests.fakes.model_directory import snapshot_folder
from tests.fakes.tiny_models import make_talker
from tests.fuzz.bodies import EMBEDDER, JUDGE, TALKER
from tests.serving import served_in_thread
from tests.settings import inference_settings


@pytest.fixture(scope="session")
def fuzzed_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Without ``/v1``. Answers end soon, whatever a mutation does to ``max_tokens``."""
    cache = tmp_path_factory.mktemp("hub")
    make_talker(snapshot_folder(cache, TALKER))
    make_embedder(snapshot_folder(cache, EMBEDDER))
    make_judge(snapshot_folder(cache, JUDGE), yes=121, no=110)
    settings = inference_settings(
        hf_cache_path=cache, max_memory_gb=4, prefix_cache_mb=64, default_max_tokens=24
    )
    with served_in_thread(create_app(settings=settings)) as url:
        yield url
