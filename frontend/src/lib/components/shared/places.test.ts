import { expect, it } from 'vitest';
import { placesFor } from './places';

const labels = (isAdministrator: boolean) => placesFor(isAdministrator).map((place) => place.label);

it('shows administrators every place, and others none that would refuse them', () => {
  expect(labels(true)).toEqual([
    'Chat',
    'Models',
    'Downloads',
    'Profiles',
    'Servers',
    'Usage',
    'Audit',
    'System',
    'People',
    'Routing',
    'Settings',
  ]);
  expect(labels(false)).not.toContain('Audit');
  expect(labels(false)).not.toContain('Routing');
});

it('keeps room in the bar of a phone: three places beside "More" and the account', () => {
  expect(placesFor(true).filter((place) => place.inBar)).toHaveLength(3);
});
