/** Whose things the browser and this tab keep: they outlast a session, and are never another's. */
import { forgetPersonal } from './belongings';
import { forgetTab, recall, remember } from './storage';

const KEEPER = 'keeper';

/** Somebody is logged in: what another person left here is forgotten. */
export function keepFor(userId: string): void {
  if (isAnothers(recall(KEEPER, 'tab'), userId)) forgetTab();
  if (isAnothers(recall(KEEPER), userId)) forgetPersonal();
  remember(KEEPER, userId, 'tab');
  remember(KEEPER, userId);
}

/** What was kept before anybody was noted is taken for one's own. */
function isAnothers(keeper: string | null, userId: string): boolean {
  return keeper !== null && keeper !== userId;
}
