/** Profiles and servers as the manager sends them, complete, with what a test cares about put in. */
import type { Profile, Server } from '$lib/api/types';

const MOMENT = '2026-01-02T03:04:05Z';

export function aProfile(change: Partial<Profile> = {}): Profile {
  return {
    id: 'profile-1',
    name: 'writer',
    model: 'org/one',
    adapter: null,
    description: '',
    defaults: {},
    placement: 'embedded',
    pinned: false,
    start_with_server: false,
    idle_seconds: null,
    log_level: 'INFO',
    problem: null,
    created_at: MOMENT,
    updated_at: MOMENT,
    ...change,
  };
}

export function aServer(change: Partial<Server> = {}): Server {
  return {
    profile_id: 'profile-1',
    name: 'writer',
    model: 'org/one',
    placement: 'embedded',
    pinned: false,
    start_with_server: false,
    state: 'stopped',
    problem: null,
    load_progress: 0,
    requests: 0,
    memory_bytes: 0,
    started_at: null,
    last_used_at: null,
    process_id: null,
    port: null,
    live: null,
    health: null,
    ...change,
  };
}
