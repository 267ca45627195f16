import { describe, expect, it } from 'vitest';
import { afterLogin, loginAddress } from './return-to';

const at = (path: string) => new URL(path, 'http://localhost:8080');

describe('the way back after a login', () => {
  it('leads to where the person was', () => {
    const login = loginAddress(at('/chat/abc?x=1#message'));
    expect(login).toBe('/login?next=%2Fchat%2Fabc%3Fx%3D1%23message');
    expect(afterLogin(at(login))).toBe('/chat/abc?x=1#message');
  });

  it('is not spelled out for the first room', () => {
    expect(loginAddress(at('/chat'))).toBe('/login');
    expect(afterLogin(at('/login'))).toBe('/chat');
  });

  it.each([
    'https://evil.test/',
    '//evil.test',
    '/\\evil.test',
    'javascript:alert(1)',
    '/\t/evil.test',
  ])('never leads to %j', (next) => {
    const target = afterLogin(at(`/login?next=${encodeURIComponent(next)}`));
    expect(new URL(target, 'http://localhost:8080').origin).toBe('http://localhost:8080');
  });
});
