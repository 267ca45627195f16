"""The head that points: one head of the last layer is told where to look while it learns.

A tool's name is copied from the end of its line, where all that is said of the tool has been read.
Left to itself the guide never looked for the line that fits: one head saw the names of all tools
alike, and which of them it would be was guessed from how such names begin. Telling a head where to
look is supervised attention (Liu et al. 2016, https://arxiv.org/abs/1609.04186).
"""

from __future__ import annotations

import torch
from torch.nn import functional

from guide_training.attention import WATCHED
from guide_training.shape import Shape

LAYER = Shape().num_hidden_layers - 1
HEAD = 0
WATCHED[LAYER] = None


def strayed(looks: torch.Tensor) -> torch.Tensor:
    """Return the mean of -log(attention) that the head gave in the last pass to what it should see.

    `looks` [count, 3] are row, the place that looks, and the earlier place to be looked at.
    """
    seen = WATCHED[LAYER]
    assert seen is not None, "a pass through the network comes first"
    if not len(looks):
        return torch.zeros(())
    query, key = seen
    groups = query.shape[1] // key.shape[1]
    rows, places, wanted = looks.T
    scores = torch.matmul(query[:, HEAD], key[:, HEAD // groups].mT)[rows, places].float()
    later = torch.arange(key.shape[2])[None] > places[:, None]
    return functional.cross_entropy(scores.masked_fill(later, float("-inf")), wanted)
