/**
 * The one way to the manager: typed by the generated schema, carries the access token, and turns
 * every failure into an ApiError.
 */
import createClient from 'openapi-fetch';
import { ApiError, asApiError, errorFromReply, isAbort } from './errors';
import type { paths } from './schema';

/** Who is asking, and whom to tell when the server no longer accepts that. Owned by state/session. */
export const access: { token: string | null; onRefused: (error: ApiError) => void } = {
  token: null,
  onRefused: () => undefined,
};

const origin = globalThis.location?.origin ?? 'http://localhost';

export const client = createClient<paths>({
  baseUrl: origin,
  // Looked up at each call, so that a test can put a server of its own in its place.
  fetch: (request) => globalThis.fetch(request),
});

client.use({
  onRequest: ({ request }) => {
    if (access.token) request.headers.set('Authorization', `Bearer ${access.token}`);
    return request;
  },
});

interface Reply<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of a reply. Raises ApiError for an error status and when no reply comes. */
export async function unwrap<T>(pending: Promise<Reply<T>>): Promise<T> {
  let reply: Reply<T>;
  try {
    reply = await pending;
  } catch (problem) {
    if (isAbort(problem)) throw problem;
    throw asApiError(problem);
  }
  if (!reply.response.ok) throw refused(errorFromReply(reply.response.status, reply.error));
  return reply.data as T;
}

/** GET of a path outside the OpenAPI document (the mounted /v1 app, /health). Same errors as unwrap. */
export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await open(path, signal);
  try {
    return (await response.json()) as T;
  } catch (problem) {
    throw asApiError(problem);
  }
}

/** POST of JSON to a path outside the OpenAPI document. Same errors as unwrap. */
export async function postJson<T>(path: string, body: unknown): Promise<T> {
  const response = await request(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  try {
    return (await response.json()) as T;
  } catch (problem) {
    throw asApiError(problem);
  }
}

/** A reply whose body the caller reads (an event stream). Raises ApiError unless the status is 2xx. */
export function open(path: string, signal?: AbortSignal): Promise<Response> {
  return request(path, { signal });
}

/** The same for a POST without a body that answers with a stream. */
export function openPost(path: string, signal?: AbortSignal): Promise<Response> {
  return request(path, { method: 'POST', signal });
}

async function request(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    const headers = new Headers(init.headers);
    if (access.token) headers.set('Authorization', `Bearer ${access.token}`);
    response = await globalThis.fetch(new URL(path, origin), { ...init, headers });
  } catch (problem) {
    if (isAbort(problem)) throw problem;
    throw asApiError(problem);
  }
  if (!response.ok) throw refused(errorFromReply(response.status, await bodyOf(response)));
  return response;
}

/** Tells the session when the token itself was refused; a wrong password at login carries no token. */
function refused(error: ApiError): ApiError {
  const tokenRefused = error.status === 401 && error.code !== 'invalid_credentials';
  if (access.token && (tokenRefused || error.code === 'account_disabled')) access.onRefused(error);
  return error;
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return null;
  }
}
