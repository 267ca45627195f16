"""LangChain's standard tests: ``OpenAIEmbeddings``, on a real model."""

import math
from typing import Any

from langchain_openai import OpenAIEmbeddings
from langchain_tests.integration_tests import EmbeddingsIntegrationTests
from served import EMBEDDER, KEY, URL

# Without ``check_embedding_ctx_length`` False it counts with a tokenizer fetched from the network,
# and sends the ids of OpenAI's vocabulary instead of text.
PARAMETERS: dict[str, Any] = {
    "model": EMBEDDER,
    "base_url": f"{URL}/v1",
    "api_key": KEY,
    "check_embedding_ctx_length": False,
}


class TestEmbeddings(EmbeddingsIntegrationTests):
    """Text in, vectors out."""

    @property
    def embeddings_class(self) -> type[OpenAIEmbeddings]:
        return OpenAIEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        return PARAMETERS


def test_vectors_have_the_length_of_one_and_their_texts_order() -> None:
    model = OpenAIEmbeddings(**PARAMETERS)
    vectors = model.embed_documents(["a port", "a capital", "a port"])
    assert all(math.isclose(math.hypot(*vector), 1, rel_tol=1e-3) for vector in vectors)
    assert vectors[0] != vectors[1]
    near = [math.isclose(a, b, abs_tol=1e-4) for a, b in zip(vectors[0], vectors[2], strict=True)]
    assert all(near)
