"""The heads that point: three heads of the last layer are told where to look while they learn.

The first looks for the name of the tool that is called, at the end of its line, where all that is
said of the tool has been read; the second for the parameter that is written, in that line; the
third for what is copied from the user's words or from a tool's result. Left to itself the guide
never looked for the line that fits: one head saw the names of all tools alike, and which of them it
would be was guessed from how such names begin. Telling a head where to look is supervised attention
(Liu et al. 2016, https://arxiv.org/abs/1609.04186).
"""

from __future__ import annotations

import torch
from torch.nn import functional

from guide_training.attention import WATCHED
from guide_training.looks import KEY, NAME, WORDS
from guide_training.shape import Shape

LAYER = Shape().num_hidden_layers - 1
# The first two share their keys, as they read the same lines; the third reads other turns.
HEADS = {NAME: 0, KEY: 1, WORDS: 2}
WATCHED[LAYER] = None


def strayed(looks: torch.Tensor) -> torch.Tensor:
    """Return how far each head, of the last pass, is from what it should see: [name, key, words].

    That is the mean of -log(attention) to it, in nats; zero where nothing was to be seen. `looks`
    [count, 4] are kind, row, the place that looks, and the earlier place to be seen.
    """
    seen = WATCHED[LAYER]
    assert seen is not None, "a pass through the network comes first"
    query, key = seen
    groups = query.shape[1] // key.shape[1]
    found = []
    for kind, head in HEADS.items():
        _, rows, places, wanted = looks[looks[:, 0] == kind].T
        scores = torch.matmul(query[:, head], key[:, head // groups].mT)[rows, places].float()
        later = torch.arange(key.shape[2])[None] > places[:, None]
        scores = scores.masked_fill(later, float("-inf"))
        missed = functional.cross_entropy(scores, wanted, reduction="sum")
        found.append(missed / max(len(wanted), 1))
    return torch.stack(found)
