/** Where a person was when they had to log in, carried in the address of the login page. */
import { resolve } from '$app/paths';

const NEXT = 'next';

export function loginAddress(from: URL): string {
  const place = from.pathname + from.search + from.hash;
  if (place === resolve('/') || place === resolve('/chat')) return resolve('/login');
  return `${resolve('/login')}?${NEXT}=${encodeURIComponent(place)}`;
}

/** The place to go back to. Only a path of this site counts: a link must not lead elsewhere. */
export function afterLogin(login: URL): string {
  const next = login.searchParams.get(NEXT);
  if (!next?.startsWith('/') || next.startsWith('//') || next.includes('\\')) {
    return resolve('/chat');
  }
  const { origin, pathname, search, hash } = new URL(next, login.origin);
  return origin === login.origin ? pathname + search + hash : resolve('/chat');
}
