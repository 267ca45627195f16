"""Processes that train side by side, each with its share of the cores, and meet now and then.

Two with one core each take a quarter more tokens than one with both: most of what is computed is
too small to be shared. Where they meet, each goes on from the mean of their weights (local SGD,
Stich 2019, https://arxiv.org/abs/1805.09767).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import torch
from torch import distributed, multiprocessing


def spread(work: Callable[..., None], count: int, *arguments: Any) -> None:
    """Run `work(rank, *arguments)` in `count` processes, and return when all are done.

    Raises torch.multiprocessing.ProcessRaisedException when one of them fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "meeting"
        multiprocessing.spawn(_begin, (work, count, place, arguments), nprocs=count)


def _begin(
    rank: int,
    work: Callable[..., None],
    count: int,
    place: Path,
    arguments: tuple[Any, ...],
) -> None:
    torch.set_num_threads(max(1, torch.get_num_threads() // count))
    distributed.init_process_group(
        "gloo", init_method=f"file://{place}", rank=rank, world_size=count
    )
    work(rank, *arguments)
    distributed.destroy_process_group()


@torch.no_grad()
def meet(parameters: Iterable[torch.Tensor]) -> None:
    """Wait for the other processes, and leave the mean of all in `parameters`."""
    for parameter in parameters:
        distributed.all_reduce(parameter)
        parameter.div_(distributed.get_world_size())
