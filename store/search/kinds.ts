/** The kinds of search parameters, each with what it answers. */
import type { SearchParameter } from '../../resources/index.ts';
import * as composite from './composite.ts';
import type { Where } from './condition.ts';
import * as date from './date.ts';
import * as number from './number.ts';
import * as quantity from './quantity.ts';
import * as reference from './reference.ts';
import * as special from './special.ts';
import * as string from './string.ts';
import * as token from './token.ts';
import * as uri from './uri.ts';

export interface Kind {
  readonly where: Where;
}

export const kinds: Readonly<Record<SearchParameter['type'], Kind>> = {
  composite,
  date,
  number,
  quantity,
  reference,
  special,
  string,
  token,
  uri,
};
