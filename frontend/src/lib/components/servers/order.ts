/** An order to a profile, with a question where it would cost somebody an answer. */
import type { Server } from '$lib/api/types';
import { confirmation } from '$lib/state/confirmation.svelte';
import { servers, type ServerAction } from '$lib/state/servers.svelte';
import { servers as words } from '$lib/strings/servers';

/** The pool refuses to stop what answers; a process is ended, and its answers with it. */
export function cutsAnswers(server: Server, action: ServerAction): boolean {
  return action !== 'start' && server.placement === 'process' && (server.requests ?? 0) > 0;
}

/** True when it was obeyed; a refusal stands in `servers.refused`. */
export async function order(server: Server, action: ServerAction): Promise<boolean> {
  if (cutsAnswers(server, action)) {
    const agreed = await confirmation.ask({
      title: words.cutTitle(server.name),
      text: words.cutText(server.requests ?? 0),
      action: action === 'stop' ? words.stop : words.restart,
      bad: true,
    });
    if (!agreed) return false;
  }
  return servers.act(server.profile_id, action);
}
