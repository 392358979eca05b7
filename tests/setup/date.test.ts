import { expect, it } from 'vitest';

it('runs in the zone that the project names', () => {
  expect(['UTC', 'America/New_York', 'Asia/Calcutta', 'Asia/Kolkata']).toContain(
    Intl.DateTimeFormat().resolvedOptions().timeZone,
  );
  expect(new Date(2021, 0, 1).getTimezoneOffset()).toBe(
    { UTC: 0, 'America/New_York': 300, 'Asia/Kolkata': -330 }[process.env.TZ!],
  );
});
