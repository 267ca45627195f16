/** Models and downloads as the manager sends them, complete, with what a test cares about put in. */
import type {
  Download,
  Fit,
  HubModel,
  LiveFigures,
  LocalModel,
  ResidentModel,
} from '$lib/api/types';

const MOMENT = '2026-01-02T03:04:05Z';

export function aFit(change: Partial<Fit> = {}): Fit {
  return {
    verdict: 'fits',
    context_length: 8192,
    weights_bytes: 2e9,
    kv_bytes_per_token: 1e5,
    kv_cache_bytes: 8e8,
    needed_bytes: 2.8e9,
    budget_bytes: 16e9,
    largest_context: 32768,
    explanation: 'It fits.',
    ...change,
  };
}

export function aLocalModel(change: Partial<LocalModel> = {}): LocalModel {
  return {
    id: 'org/one',
    family: 'qwen3',
    quantization: { bits: 4, group_size: 64, mode: 'affine' },
    dtype: null,
    size_bytes: 2e9,
    context_length: 32768,
    built_in: false,
    loaded: false,
    created_at: MOMENT,
    last_used_at: null,
    capabilities: null,
    problem: null,
    probe: null,
    fit: aFit(),
    ...change,
  };
}

export function aHubModel(change: Partial<HubModel> = {}): HubModel {
  return {
    id: 'org/one',
    author: 'org',
    downloads: 12_345,
    likes: 67,
    last_modified: MOMENT,
    tags: ['mlx'],
    gated: false,
    size_bytes: 2e9,
    family: 'qwen3',
    quantization: null,
    unsupported: null,
    is_local: false,
    is_downloading: false,
    fit: aFit(),
    ...change,
  };
}

export function aDownload(change: Partial<Download> = {}): Download {
  return {
    id: 'download-1',
    model: 'org/one',
    revision: 'main',
    commit: null,
    state: 'downloading',
    bytes_total: 1000,
    bytes_done: 250,
    problem: null,
    created_at: MOMENT,
    finished_at: null,
    ...change,
  };
}

export function aResident(change: Partial<ResidentModel> = {}): ResidentModel {
  return {
    id: 'org/one',
    state: 'ready',
    weights_bytes: 2e9,
    leases: 0,
    pinned: false,
    adapter: null,
    load_progress: 1,
    loaded_at: 1,
    last_used_at: 1,
    live: aLive(),
    ...change,
  };
}

export function aLive(change: Partial<LiveFigures> = {}): LiveFigures {
  return {
    running: 0,
    waiting: 0,
    tokens_per_second: 0,
    prompt_tokens: 0,
    cached_tokens: 0,
    completion_tokens: 0,
    cache_hit_rate: null,
    ...change,
  };
}
