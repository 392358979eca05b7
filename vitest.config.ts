import { defineConfig } from 'vitest/config';

/** Dates must not depend on where the server stands: west of UTC with summer time, UTC, and a half-hour zone. */
const zones = ['UTC', 'America/New_York', 'Asia/Kolkata'];
const dates = 'tests/**/date*.test.ts';

export default defineConfig({
  test: {
    globalSetup: ['tests/setup/global.ts'],
    reporters: ['default', './tests/setup/summary.ts'],
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'vesta', include: ['tests/**/*.test.ts'], exclude: [dates] } },
      ...zones.map((zone) => ({ extends: true as const, test: { name: zone, include: [dates], env: { TZ: zone } } })),
    ],
  },
});
