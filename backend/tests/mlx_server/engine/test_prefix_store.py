"""The prefix store itself: bytes never over the cap, the least recently used go first."""

import pytest

from mlx_manager.mlx_server.engine import backend

backend.prepare()

import mlx.core as mx  # noqa: E402  (after OpenBLAS)
from mlx_lm.models.cache import ArraysCache, CacheList, KVCache  # noqa: E402

from mlx_manager.mlx_server.engine.batch import KVCaches  # noqa: E402
from mlx_manager.mlx_server.engine.prefix_cache import PrefixCache, PrefixKey  # noqa: E402

ALICE = PrefixKey(1, "alice")
BOB = PrefixKey(1, "bob")


def kv(length: int) -> KVCaches:
    cache = KVCache()
    cache.update_and_fetch(mx.zeros((1, 1, length, 4)), mx.zeros((1, 1, length, 4)))
    return [cache]


def recurrent() -> KVCaches:
    cache = ArraysCache(1)
    cache[0] = mx.zeros((1, 8))
    return [cache]


def tokens(*parts: tuple[int, int]) -> list[int]:
    return [value for value, count in parts for _ in range(count)]


def test_the_longest_prefix_wins_and_is_trimmed_to_what_is_shared() -> None:
    store = PrefixCache(10_000_000)
    store.store(ALICE, tokens((1, 40)), kv(40))
    store.store(ALICE, tokens((1, 30), (2, 50)), kv(80))
    caches, length = store.fetch(ALICE, tokens((1, 30), (2, 20), (3, 9)))
    assert length == 50
    assert caches is not None
    assert caches[0].offset == 50


def test_one_token_is_always_left_to_process() -> None:
    store = PrefixCache(10_000_000)
    store.store(ALICE, tokens((1, 40)), kv(40))
    assert store.fetch(ALICE, tokens((1, 40)))[1] == 39


def test_a_cache_that_cannot_be_trimmed_serves_only_its_whole_self() -> None:
    store = PrefixCache(10_000_000)
    store.store(ALICE, tokens((1, 40)), recurrent())
    assert store.fetch(ALICE, tokens((1, 40)))[1] == 0
    assert store.fetch(ALICE, tokens((1, 40), (2, 1)))[1] == 40
    assert store.fetch(ALICE, tokens((1, 30), (2, 11)))[1] == 0


def test_a_fetched_copy_may_grow_without_touching_the_kept_one() -> None:
    store = PrefixCache(10_000_000)
    store.store(ALICE, tokens((1, 40)), kv(40))
    caches, _ = store.fetch(ALICE, tokens((1, 40), (2, 5)))
    assert caches is not None
    caches[0].update_and_fetch(mx.ones((1, 1, 5, 4)), mx.ones((1, 1, 5, 4)))
    again, length = store.fetch(ALICE, tokens((1, 40), (3, 5)))
    assert again is not None
    assert (length, again[0].offset) == (40, 40)
    assert float(mx.abs(again[0].keys).sum()) == 0


def test_scopes_never_see_each_other() -> None:
    store = PrefixCache(10_000_000)
    store.store(ALICE, tokens((1, 40)), kv(40))
    assert store.fetch(BOB, tokens((1, 41))) == (None, 0)


def test_the_cap_holds_and_the_least_recently_used_goes_first() -> None:
    each = sum(c.nbytes for c in kv(40))
    store = PrefixCache(3 * each)
    for value in (1, 2, 3):
        store.store(ALICE, tokens((value, 40)), kv(40))
    store.fetch(ALICE, tokens((1, 41)))
    store.store(ALICE, tokens((4, 40)), kv(40))
    assert store.nbytes <= 3 * each
    kept = [value for value in (1, 2, 3, 4) if store.fetch(ALICE, tokens((value, 41)))[1]]
    assert kept == [1, 3, 4]


def test_an_entry_that_covers_another_replaces_it() -> None:
    store = PrefixCache(10_000_000)
    store.store(ALICE, tokens((1, 40)), kv(40))
    store.store(ALICE, tokens((1, 60)), kv(60))
    store.store(ALICE, tokens((1, 50)), kv(50))
    assert len(store) == 1


@pytest.mark.parametrize("cap", [0, 10])
def test_what_does_not_fit_is_not_kept(cap: int) -> None:
    store = PrefixCache(cap)
    store.store(ALICE, tokens((1, 40)), kv(40))
    assert (len(store), store.nbytes) == (0, 0)


def test_forgetting_a_residence_leaves_the_others() -> None:
    store = PrefixCache(10_000_000)
    store.store(ALICE, tokens((1, 40)), kv(40))
    store.store(PrefixKey(2, "alice"), tokens((1, 40)), kv(40))
    store.forget(1)
    assert store.fetch(ALICE, tokens((1, 41)))[1] == 0
    assert store.fetch(PrefixKey(2, "alice"), tokens((1, 41)))[1] == 40


def batch_row() -> CacheList:
    """One row of a recurrent batch of 64, cut out as mlx-lm cuts it: a view of the whole."""
    states = mx.zeros((64, 16384))
    mx.eval(states)
    cache = ArraysCache(2)
    cache[0] = states[3:4]
    return CacheList(cache)


def test_a_kept_state_does_not_keep_the_batch_that_it_was_cut_from() -> None:
    """4 MiB of batch, of which 64 KiB are the row's."""
    store = PrefixCache(10_000_000)
    mx.clear_cache()
    before = mx.get_active_memory()
    store.store(ALICE, tokens((1, 40)), [batch_row()])
    assert len(store) == 1
    assert mx.get_active_memory() - before < 1_000_000
