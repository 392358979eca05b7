import { expect, it } from 'vitest';
import { bytesOf } from '../../../server/terminology/format.ts';

it('adds up the bytes of files', () => expect(bytesOf([{ bytes: 3 }, { bytes: 4 }])).toBe(7));
