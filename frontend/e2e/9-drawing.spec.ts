import { aChat, giveChats } from './chats';
import { expect, replies, test } from './fixtures';
import { approvedPerson, lookEverywhere, openPlace } from './places';

test.slow();

const CODE = 'def area(radius: float) -> float:\n    return 3.14159 * radius**2';
const REPLY = [
  '## What was asked',
  `\`\`\`python\n${CODE}\n\`\`\``,
  '| Model | Tokens a second |\n| --- | ---: |\n| small | 212 |\n| large | 31 |',
  'The sum $\\sum_{i=1}^n i = \\frac{n(n+1)}{2}$ is known.',
  '> Quoted, with **weight**.',
].join('\n\n');

test('code, tables and formulas are drawn, and code and reply are copied as they were written', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  const person = await approvedPerson(page.request, 'drawing@example.org');
  const [chat] = await giveChats(page.request, person, aChat('Drawn', ['Show me.', REPLY]));
  await openPlace(page, `/chat/${chat}`, 'Drawn', person);
  const reply = replies(page);
  await expect(reply.getByRole('heading', { name: 'What was asked' })).toBeVisible();
  await expect(reply.getByRole('row')).toHaveText([/Model/, /small\s*212/, /large\s*31/]);
  await expect(reply.locator('math mfrac')).toBeVisible();
  await expect(reply.locator('blockquote strong')).toHaveText('weight');
  // Colours come with the highlighter, which is loaded when there is code.
  const word = reply.locator('code span').filter({ hasText: /^return$/ });
  await expect(word).toBeVisible();
  const colour = () => word.evaluate((node) => getComputedStyle(node).color);
  const plain = await reply.locator('pre').evaluate((node) => getComputedStyle(node).color);
  expect(await colour()).not.toBe(plain);
  await lookEverywhere(page, 'chat-drawing');

  await reply.getByRole('figure').getByRole('button', { name: 'Copy' }).click();
  expect(await copied()).toBe(CODE);
  await reply.hover();
  await reply.getByRole('button', { name: 'Copy reply' }).click();
  expect(await copied()).toBe(REPLY);
});
