/** Opening any page as anybody, and what every page has to hold. */
import { type APIRequestContext, type Page } from '@playwright/test';
import { ADMIN, expect, look, PHONE } from './fixtures';

export interface Person {
  email: string;
  password: string;
}

export async function tokenOf(request: APIRequestContext, person: Person): Promise<string> {
  const reply = await request.post('/api/auth/login', { data: person });
  expect(reply.ok(), await reply.text()).toBe(true);
  return ((await reply.json()) as { access_token: string }).access_token;
}

/** Opens a page as somebody who is logged in, the administrator unless told otherwise. */
export async function openPlace(page: Page, path: string, title: string, person: Person = ADMIN) {
  const token = await tokenOf(page.request, person);
  await page.addInitScript((value) => {
    if (sessionStorage.getItem('e2e') === null) {
      localStorage.setItem('mlx-manager.token', value);
      sessionStorage.setItem('e2e', 'begun');
    }
  }, token);
  await page.goto(path);
  await expect(page.getByRole('heading', { name: title, level: 1 })).toBeVisible();
}

/** An account that an administrator has approved. */
export async function approvedPerson(request: APIRequestContext, email: string): Promise<Person> {
  const person = { email, password: 'a long enough phrase' };
  const registered = await request.post('/api/auth/register', { data: person });
  const { id } = (await registered.json()) as { id: string };
  const approved = await request.put(`/api/auth/users/${id}`, {
    data: { status: 'approved' },
    headers: await asAdmin(request),
  });
  expect(approved.ok(), await approved.text()).toBe(true);
  return person;
}

export async function asAdmin(request: APIRequestContext): Promise<Record<string, string>> {
  return { Authorization: `Bearer ${await tokenOf(request, ADMIN)}` };
}

/** Light and dark, wide and on a phone, where nothing may stand out sideways. */
export async function lookEverywhere(page: Page, name: string) {
  await look(page, name);
  const before = page.viewportSize();
  await page.setViewportSize(PHONE);
  await expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth))
    .toBeLessThanOrEqual(PHONE.width);
  await look(page, `${name}-phone`);
  if (before) await page.setViewportSize(before);
}

export const row = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text });
