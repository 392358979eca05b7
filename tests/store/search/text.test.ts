import { describe, expect, it } from 'vitest';
import { planSearch } from '../../../store/search/plan.ts';
import { isText, requireScored, scoreKey, scoreOf, whereText } from '../../../store/search/text.ts';
import { toStatement } from '../../../store/sql.ts';
import { faultOf } from '../../setup/fault.ts';
import { scopeFor, treeOf } from './scope.ts';

const place = { alias: 'o', type: 'Condition', typeNumber: 10 } as never;
const bindsOf = (url: string) => planSearch(treeOf(url), undefined, false, scopeFor()).values!.map(String);
const textOf = (url: string) => planSearch(treeOf(url), undefined, false, scopeFor()).text;

describe('whereText', () => {
  it('is found by the words, in the narrative only for _text', () => {
    const { driver, filter } = whereText('_text', ['acute asthma'], place);
    expect(toStatement(driver!.rids!)).toEqual({
      text: 'SELECT x.rid FROM x_text x WHERE x.type = 10::smallint AND x.t @@ $1::tsquery',
      values: ["('acute':A & 'asthma':A)"],
    });
    expect(toStatement(filter).text).toContain('x.rid = o.rid');
    expect(toStatement(whereText('_content', ['asthma'], place).filter).values).toEqual(["'asthma'"]);
  });

  it('ORs its values, whose escapes are undone', () =>
    expect(toStatement(whereText('_content', ['a\\,b', 'c'], place).filter).values).toEqual(["(('a' <-> 'b') | 'c')"]));

  it('is found by nothing where it asks for what is not there', () =>
    expect(whereText('_content', ['-asthma'], place).driver).toBeUndefined());

  it('refuses what holds no word', () =>
    expect(faultOf(() => whereText('_text', ['a', '…'], place))).toMatchObject({ kind: 'invalid-value' }));
});

describe('scoreOf', () => {
  it('takes all words asked of the matches together, none of what they refer to', () => {
    const score = scoreOf(treeOf('Condition?_text=a&_content=b,c').criteria, 'p');
    expect(toStatement(score!).values).toEqual(["'a':A & ('b' | 'c')"]);
    expect(scoreOf(treeOf('Condition?subject:Patient._text=a').criteria, 'p')).toBeUndefined();
  });
});

describe('_score as a sort key', () => {
  it('is one for each type', () => {
    const key = scoreKey(['Patient', 'Condition'], true);
    expect([key.code, key.descending, [...key.by.keys()]]).toEqual(['_score', true, ['Patient', 'Condition']]);
  });

  it('needs words', () => {
    const { criteria, sort } = treeOf('Condition?_text=a&_sort=-_score');
    expect(() => requireScored(sort, criteria)).not.toThrow();
    expect(faultOf(() => requireScored(sort, []))).toMatchObject({ kind: 'invalid-request' });
    expect(() => requireScored([], [])).not.toThrow();
  });

  it('orders a bounded number of matches, and tells whether there were more', () => {
    const text = textOf('Condition?_text=a&_sort=-_score');
    expect(text).toContain('LIMIT 5001');
    expect(text).toContain("SELECT 'c'");
    expect(textOf('Condition?_text=a')).not.toContain("SELECT 'c'");
  });
});

it('knows which parameters are words', () =>
  expect(['_text', '_content', '_score', 'name'].map(isText)).toEqual([true, true, false, false]));

it('sends nothing of what was asked but letters and digits', () => {
  const hostile = "x'::tsquery); DROP TABLE res; -- :*A <-> \\' $1";
  expect(textOf(`Condition?_text=${hostile}`)).not.toContain('DROP');
  for (const bind of bindsOf(`Condition?_text=${hostile}&_sort=-_score`)) {
    expect(bind.replaceAll(/'[a-z0-9]+'|:A|[ ()&]|<->|!/g, '')).toBe('');
  }
});
