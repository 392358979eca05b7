/** What the scan of JSON text refuses, in words. */
import type { JsonLimits } from './json-limits.ts';
import { Fault } from './outcome.ts';

export function tooDeep(limits: JsonLimits): Fault {
  return new Fault('too-deep', `The JSON is nested deeper than ${limits.depthMax} objects and arrays.`, {
    hint: 'Send a flatter resource; no FHIR resource needs this depth.',
  });
}

export function stringTooLong(limits: JsonLimits, expression: string): Fault {
  return new Fault('too-large', `One string is longer than ${limits.stringLengthMax} characters.`, {
    expression,
    hint: 'Store large content elsewhere and refer to it by Attachment.url.',
  });
}

export function numberTooLong(limits: JsonLimits, expression: string): Fault {
  return new Fault('invalid-value', `A number has more than ${limits.digitsMax} digits when written out.`, {
    expression,
    hint: 'Send the precision that was measured; no quantity needs this many digits.',
  });
}

export function doubledKey(key: string | number, expression: string): Fault {
  return new Fault('invalid-json', `The member \`${key}\` stands twice in one object.`, {
    expression,
    hint: 'Keep one of the two; readers would disagree about which one counts.',
  });
}

export function prototypeKey(expression: string): Fault {
  return new Fault('invalid-structure', '`__proto__` is not the name of a FHIR element.', {
    expression,
    hint: 'Remove the member.',
  });
}

export function backslashKey(key: string, expression: string): Fault {
  return new Fault(
    'invalid-structure',
    `\`${key.slice(0, 64)}\` is not the name of a FHIR element: none holds a backslash.`,
    {
      expression,
      hint: 'Remove the member.',
    },
  );
}
