/**
 * The Expression Constraint Language of SNOMED CT, as terms: operators on the hierarchy, reference sets, AND, OR, MINUS, and
 * refinements by attributes, in groups or not. https://confluence.ihtsdotools.org/display/DOCECL
 */

import { type AttributeTest, both, either, not, type Term, type TermSystem } from '../store/index.ts';
import { Misunderstood, Scanner } from './ecl-text.ts';

/** Why an expression has no term, as the end of a sentence. */
export interface NoTerm {
  readonly because: string;
}

/** Property in which releases keep the reference sets that a concept is in. */
export const MEMBER_OF = 'memberOf';

/** What must hold of a code of the system to be what the expression says. */
export function eclTerm(text: string, system: TermSystem): Term | NoTerm {
  if (text.length > CHARACTERS_MAX) return { because: `its expression has more than ${CHARACTERS_MAX} characters` };
  const parser = new Parser(text, system);
  try {
    return parser.whole();
  } catch (error) {
    if (!(error instanceof Misunderstood)) throw error;
    const near = text.slice(error.at, error.at + 20);
    const where = near === '' ? 'at its end' : `at character ${error.at + 1} (${near})`;
    return { because: `its expression is not understood ${where}: ${error.message}` };
  }
}

const CHARACTERS_MAX = 10_000;
const DEPTH_MAX = 50;

/** Longer ones first. */
const OPERATORS = ['<<!', '>>!', '<<', '<!', '>>', '>!', '<', '>', '^'] as const;
type Operator = (typeof OPERATORS)[number];
const COMPARISONS = ['!=', '<=', '>=', '=', '<', '>'] as const;
type Comparison = (typeof COMPARISONS)[number];

/** A refinement: one of several lists of tests, each of which is met in one group. */
type Tests = readonly (readonly AttributeTest[])[];

class Parser {
  readonly #scanner: Scanner;
  readonly #system: TermSystem;
  #depth = 0;

  constructor(text: string, system: TermSystem) {
    this.#scanner = new Scanner(text);
    this.#system = system;
  }

  whole(): Term {
    const term = this.#expression();
    if (this.#scanner.rest() !== '') this.#scanner.fail('nothing more is expected here');
    return term;
  }

  #expression(): Term {
    if (++this.#depth > DEPTH_MAX) this.#scanner.fail(`it is nested more than ${DEPTH_MAX} deep`);
    let term = this.#refined();
    const joins: Term[] = [term];
    let joint: string | undefined;
    for (
      let word = this.#scanner.word(['AND', 'OR', 'MINUS']);
      word;
      word = this.#scanner.word(['AND', 'OR', 'MINUS'])
    ) {
      if (joint !== undefined && (word !== joint || word === 'MINUS')) {
        this.#scanner.fail(`${joint} and ${word} stand beside each other: put one of them in brackets`);
      }
      joint = word;
      joins.push(this.#refined());
    }
    if (joint === 'AND') term = both(joins);
    else if (joint === 'OR') term = either(joins);
    else if (joint === 'MINUS') term = both([joins[0]!, not(joins[1]!)]);
    this.#depth--;
    return term;
  }

  #refined(): Term {
    const term = this.#simple();
    if (this.#scanner.take('.')) this.#scanner.fail('dotted attributes are not offered');
    if (!this.#scanner.take(':')) return term;
    return both([term, this.#refinement()]);
  }

  #simple(): Term {
    const operator = this.#operator();
    if (this.#scanner.take('(')) {
      const from = this.#scanner.at;
      const inner = this.#expression();
      this.#scanner.need(')');
      return operator === undefined ? inner : this.#spread(operator, inner, from);
    }
    if (this.#scanner.take('*')) return this.#ofAll(operator);
    return this.#placed(operator, this.#scanner.concept());
  }

  #operator(): Operator | undefined {
    const operator = OPERATORS.find((one) => this.#scanner.take(one));
    if (operator !== undefined && this.#scanner.rest().startsWith('!'))
      this.#scanner.fail('this operator is not offered');
    return operator;
  }

  #placed(operator: Operator | undefined, value: string): Term {
    const filter = (property: string, op: string): Term => ({
      kind: 'filter',
      system: this.#system,
      filter: { property, op: op as 'is-a', value },
    });
    const self = filter('concept', '=');
    switch (operator) {
      case undefined:
        return self;
      case '<<':
        return filter('concept', 'is-a');
      case '<':
        return filter('concept', 'descendent-of');
      case '<!':
        return filter('concept', 'child-of');
      case '<<!':
        return either([self, filter('concept', 'child-of')]);
      case '>>':
        return filter('concept', 'generalizes');
      case '>':
        return both([filter('concept', 'generalizes'), not(self)]);
      case '>!':
        return filter('child', '=');
      case '>>!':
        return either([self, filter('child', '=')]);
      case '^':
        return filter(MEMBER_OF, '=');
    }
  }

  #ofAll(operator: Operator | undefined): Term {
    const all: Term = { kind: 'known', system: this.#system };
    if (operator === undefined || operator === '<<' || operator === '>>') return all;
    const exists = (property: string): Term => ({
      kind: 'filter',
      system: this.#system,
      filter: { property, op: 'exists', value: 'true' },
    });
    switch (operator) {
      case '^':
        return exists(MEMBER_OF);
      case '<':
      case '<!':
        return exists('parent');
      case '>':
      case '>!':
        return exists('child');
      default:
        return all;
    }
  }

  /** An operator before brackets: what it says of each of several concepts. */
  #spread(operator: Operator, inner: Term, from: number): Term {
    if (inner.kind === 'or') return either(inner.of.map((one) => this.#spread(operator, one, from)));
    if (inner.kind === 'filter' && inner.filter.property === 'concept' && inner.filter.op === '=') {
      return this.#placed(operator, inner.filter.value);
    }
    if (inner.kind === 'known') return this.#ofAll(operator);
    if (operator === '^') {
      return this.#attributes([{ name: codeTerm(this.#system, MEMBER_OF), value: inner, isNot: false }]);
    }
    throw new Misunderstood(`${operator} before brackets is offered for concepts that are joined by OR`, from);
  }

  #refinement(): Term {
    const parts = [this.#subRefinement()];
    const joint = this.#joints(() => parts.push(this.#subRefinement()));
    return joint === 'OR' ? either(parts) : both(parts);
  }

  #subRefinement(): Term {
    this.#refuseCardinality();
    if (this.#scanner.take('{')) {
      if (this.#scanner.rest().startsWith('{')) this.#scanner.fail('filters in {{ }} are not offered');
      const lists = this.#attributeSet();
      this.#scanner.need('}');
      return either(lists.map((list) => this.#attributes(list)));
    }
    if (this.#isBracketed()) {
      this.#scanner.need('(');
      const term = this.#refinement();
      this.#scanner.need(')');
      return term;
    }
    return this.#attributes([this.#attribute()]);
  }

  /** Whether a bracket holds a refinement, not the name of an attribute: a comparison stands in it, outside of inner brackets. */
  #isBracketed(): boolean {
    const rest = this.#scanner.rest();
    if (!rest.startsWith('(')) return false;
    let depth = 0;
    for (const sign of rest.replace(/\|[^|]*\|/g, '')) {
      if (sign === '(') depth++;
      else if (sign === ')' && --depth === 0) return false;
      else if (sign === '=' && depth > 0) return true;
    }
    return false;
  }

  /** What stands in a group, as one of several lists all of whose tests are met in it. */
  #attributeSet(): Tests {
    const parts = [this.#subAttributeSet()];
    const joint = this.#joints(() => parts.push(this.#subAttributeSet()));
    if (joint === 'OR') return parts.flat();
    return parts.reduce((all, some) => {
      const lists = all.flatMap((one) => some.map((other) => [...one, ...other]));
      if (lists.length > LISTS_MAX) this.#scanner.fail('there are too many alternatives in one group');
      return lists;
    });
  }

  #subAttributeSet(): Tests {
    if (this.#isBracketed()) {
      this.#scanner.need('(');
      const lists = this.#attributeSet();
      this.#scanner.need(')');
      return lists;
    }
    return [[this.#attribute()]];
  }

  #attribute(): AttributeTest {
    this.#refuseCardinality();
    if (/^(R|reverseOf)\s/i.test(this.#scanner.rest())) this.#scanner.fail('reversed attributes are not offered');
    const name = this.#simple();
    const comparison = COMPARISONS.find((one) => this.#scanner.take(one));
    if (comparison === undefined) this.#scanner.fail('= or != is expected');
    if (this.#scanner.take('#')) return { name, value: this.#number(comparison), isNot: false };
    if (this.#scanner.rest().startsWith('"')) return { name, value: this.#string(comparison), isNot: false };
    const truth = /^(true|false)\b/i.exec(this.#scanner.rest())?.[1];
    if (comparison !== '=' && comparison !== '!=') this.#scanner.fail('a number is expected: #…');
    if (truth !== undefined) {
      this.#scanner.skip(truth.length);
      return { name, value: { comparison, text: truth.toLowerCase() }, isNot: false };
    }
    return { name, value: this.#simple(), isNot: comparison === '!=' };
  }

  #number(comparison: Comparison): AttributeTest['value'] {
    const [digits] = /^[+-]?\d+(\.\d+)?/.exec(this.#scanner.rest()) ?? [];
    if (digits === undefined) this.#scanner.fail('a number is expected');
    this.#scanner.skip(digits.length);
    return { comparison, number: Number(digits) };
  }

  #string(comparison: Comparison): AttributeTest['value'] {
    const [whole, inner] = /^"((?:[^"\\]|\\.)*)"/s.exec(this.#scanner.rest()) ?? [];
    if (whole === undefined) this.#scanner.fail('the text does not end with a quote');
    if (comparison !== '=' && comparison !== '!=') this.#scanner.fail('texts are only compared by = and !=');
    this.#scanner.skip(whole.length);
    return { comparison, text: inner!.replace(/\\(.)/gs, '$1') };
  }

  #attributes(of: readonly AttributeTest[]): Term {
    return { kind: 'attributes', system: this.#system, of };
  }

  /** Calls `next` for each joint of one kind. */
  #joints(next: () => unknown): string | undefined {
    let joint: string | undefined;
    for (;;) {
      const word = this.#scanner.take(',') ? 'AND' : this.#scanner.word(['AND', 'OR']);
      if (word === undefined) return joint;
      if (joint !== undefined && word !== joint)
        this.#scanner.fail('AND and OR stand beside each other: put one of them in brackets');
      joint = word;
      next();
    }
  }

  #refuseCardinality(): void {
    if (this.#scanner.rest().startsWith('[')) this.#scanner.fail('cardinalities are not offered');
  }
}

/** Alternatives of one group. */
const LISTS_MAX = 100;

function codeTerm(system: TermSystem, value: string): Term {
  return { kind: 'filter', system, filter: { property: 'concept', op: '=', value } };
}
