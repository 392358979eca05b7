import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { Fault, openAccess } from '../../resources/index.ts';
import { HangUp } from '../../server/body.ts';
import { Journey, milliseconds, openWatch, overdue } from '../../server/journey.ts';

function journeyOf(socket = { destroyed: false }): Journey {
  const request = { headers: {}, socket } as unknown as IncomingMessage;
  return new Journey(request, {} as ServerResponse, 'http://localhost:8080/fhir', openAccess, () => {});
}

describe('Journey', () => {
  it('aborts its signal at the deadline with the fault that is told', () => {
    const journey = journeyOf();
    const { signal } = journey;
    expect(signal.aborted).toBe(false);
    journey.end('deadline');
    expect(signal.reason).toBeInstanceOf(Fault);
    expect(signal.reason.kind).toBe('timeout');
  });

  it('gives an aborted signal to whoever asks after the end, and keeps its first reason', () => {
    const journey = journeyOf();
    journey.end('hang-up');
    journey.end('deadline');
    expect(journey.signal.aborted).toBe(true);
    expect(journey.signal.reason).toBeInstanceOf(HangUp);
    expect(journey.ending).toBe('hang-up');
  });

  it('counts trips and gathers stages', () => {
    const journey = journeyOf();
    journey.observe({ kind: 'trip' });
    journey.observe({ kind: 'stage', name: 'search', ms: 0.1234 });
    expect([journey.trips, journey.timing]).toEqual([1, 'search;dur=0.123, ']);
  });
});

describe('openWatch', () => {
  it('ends those whose client left and those over their deadline, and hands on those that do not stop', async () => {
    const handed: Journey[] = [];
    const all = Promise.withResolvers<void>();
    const watch = openWatch({
      everyMs: 5,
      graceMs: 20,
      onOverdue(journey) {
        journey.answered = true;
        handed.push(journey);
        all.resolve();
      },
    });
    const socket = { destroyed: false };
    const [left, late, calm] = [journeyOf(socket), journeyOf(), journeyOf()];
    late.deadlineAt = performance.now();
    for (const journey of [left, late, calm]) watch.enter(journey);
    socket.destroyed = true;
    await all.promise;
    expect([left.ending, late.ending, calm.ending]).toEqual(['hang-up', 'deadline', undefined]);
    expect(handed).toEqual([late]);
    watch.close();
  });

  it('tells when nobody is under way', async () => {
    const watch = openWatch({ everyMs: 1_000, graceMs: 0, onOverdue: () => {} });
    await watch.idle();
    const journey = journeyOf();
    watch.enter(journey);
    let idle = false;
    const waited = watch.idle().then(() => {
      idle = true;
    });
    await Promise.resolve();
    expect([watch.size, idle]).toEqual([1, false]);
    watch.leave(journey);
    await waited;
    expect([watch.size, idle]).toEqual([0, true]);
    watch.close();
  });
});

describe('milliseconds', () => {
  it('has three decimals at most', () => {
    expect(milliseconds(1.23456)).toBe(1.235);
  });
});

describe('overdue', () => {
  it('is 503 with Retry-After', () => {
    expect([overdue().status, overdue().headers['Retry-After']]).toEqual([503, '10']);
  });
});
