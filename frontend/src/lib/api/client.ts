/**
 * The one way to the manager: typed by the generated schema, carries the access token, and turns
 * every failure into an ApiError.
 */
import createClient from 'openapi-fetch';
import { strings } from '$lib/strings';
import { ApiError, asApiError, errorFromReply, isAbort } from './errors';
import type { paths } from './schema';

/** Who is asking, and whom to tell when the server no longer accepts that. Owned by state/session. */
interface Access {
  token: string | null;
  /** Moves on when a session ends: what its person had asked for is not for the next one to see. */
  era: number;
  onRefused: (error: ApiError) => void;
}

export const access: Access = { token: null, era: 0, onRefused: () => undefined };

const origin = globalThis.location?.origin ?? 'http://localhost';

export const client = createClient<paths>({ baseUrl: origin, fetch: send });

/** The data of a reply. Raises ApiError for an error status, when no reply comes, and when the
 * session that asked is over by then. */
export async function unwrap<T>(pending: Promise<{ data?: T }>): Promise<T> {
  const { era } = access;
  let data: T;
  try {
    data = (await pending).data as T;
  } catch (problem) {
    throw isAbort(problem) ? problem : asApiError(problem);
  }
  if (era !== access.era) throw new ApiError(strings.errors.sessionEnded, 0, 'session_over');
  return data;
}

/** GET of a path outside the OpenAPI document: the mounted /v1 app. Same errors as unwrap. */
export function getJson<T>(path: string): Promise<T> {
  return unwrap(json<T>(path, {}));
}

/** POST of JSON to a path outside the OpenAPI document. Same errors as unwrap. */
export function postJson<T>(path: string, body: unknown): Promise<T> {
  const headers = { 'Content-Type': 'application/json' };
  return unwrap(json<T>(path, { method: 'POST', headers, body: JSON.stringify(body) }));
}

async function json<T>(path: string, init: RequestInit): Promise<{ data: T }> {
  const response = await send(new Request(new URL(path, origin), init));
  return { data: (await response.json()) as T };
}

/** The reply of a status 2xx. Raises ApiError for any other, and what fetch raises. */
async function send(request: Request): Promise<Response> {
  const { token } = access;
  if (token) request.headers.set('Authorization', `Bearer ${token}`);
  // Looked up at each call, so that a test can put a server of its own in its place.
  const response = await globalThis.fetch(request);
  if (response.ok) return response;
  const error = errorFromReply(response.status, await bodyOf(response));
  // A token that another has taken the place of meanwhile says nothing about that one.
  if (token && token === access.token && endsSession(error)) access.onRefused(error);
  throw error;
}

/** A wrong password at login is no refusal of a token. */
function endsSession({ status, code }: ApiError): boolean {
  return code === 'account_disabled' || (status === 401 && code !== 'invalid_credentials');
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return null;
  }
}
