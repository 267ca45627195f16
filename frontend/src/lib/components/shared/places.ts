/** The places of the dashboard, in the order of the rail. */
import { resolve } from '$app/paths';
import { strings } from '$lib/strings';
import type { IconName } from '../ui/Icon.svelte';

export interface Place {
  href: string;
  /** Where the router has it: a page below belongs to the place. */
  route: string;
  label: string;
  icon: IconName;
  forAdministrators: boolean;
  /** In the bar of a phone itself, not behind "More". */
  inBar: boolean;
}

type Path =
  | '/chat'
  | '/models'
  | '/downloads'
  | '/profiles'
  | '/servers'
  | '/usage'
  | '/audit'
  | '/system'
  | '/people'
  | '/routing'
  | '/settings';
type Kind = 'everyone' | 'bar' | 'administrators';

function place(path: Path, label: string, icon: IconName, kind: Kind): Place {
  return {
    href: resolve(path as '/chat'),
    route: `/(app)${path}`,
    label,
    icon,
    forAdministrators: kind === 'administrators',
    inBar: kind === 'bar',
  };
}

const words = strings.frame;

const PLACES: readonly Place[] = [
  place('/chat', words.chat, 'chat', 'bar'),
  place('/models', words.models, 'cube', 'bar'),
  place('/downloads', words.downloads, 'tray', 'bar'),
  place('/profiles', words.profiles, 'tag', 'everyone'),
  place('/servers', words.servers, 'server', 'everyone'),
  place('/usage', words.usage, 'bars', 'everyone'),
  place('/audit', words.audit, 'ledger', 'administrators'),
  place('/system', words.system, 'gauge', 'everyone'),
  place('/people', words.people, 'people', 'everyone'),
  place('/routing', words.routing, 'route', 'administrators'),
  place('/settings', words.settings, 'gear', 'administrators'),
];

/** What somebody may see; the manager itself refuses the rest. */
export function placesFor(isAdministrator: boolean): readonly Place[] {
  return PLACES.filter((each) => isAdministrator || !each.forAdministrators);
}
