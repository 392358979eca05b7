/**
 * Regular expressions of value sets. They come from clients, and one that tries every way to split a text can take longer
 * than the universe has stood: only those are taken whose repetitions cannot be nested in each other.
 * https://hl7.org/fhir/R4/valueset-filter-operator.html
 */

/** Characters of an expression. */
const LENGTH_MAX = 200;
/** Repetitions without an upper limit; each one more multiplies the steps by the length of the text. */
const ENDLESS_MAX = 4;

/** Whether a whole text matches; undefined for an expression that is none, or is not taken. */
export function patternOf(source: string): ((text: string) => boolean) | undefined {
  if (source.length > LENGTH_MAX || !isSafe(source)) return undefined;
  try {
    const pattern = new RegExp(`^(?:${source})$`, 'u');
    return (text) => pattern.test(text);
  } catch {
    return undefined;
  }
}

function isSafe(source: string): boolean {
  // Looking around and back needs the other kind of machine.
  if (/\\[1-9kpP]|\(\?(?!:)/.test(source)) return false;
  const bare = source.replace(/\\./gs, 'a').replace(/\[[^\]]*\]/g, 'a');
  if ((bare.match(/[*+]|\{\d*,\}/g) ?? []).length > ENDLESS_MAX) return false;
  return !repeatsChoice(bare);
}

/** Whether a group that holds a repetition or a choice is itself repeated. */
function repeatsChoice(bare: string): boolean {
  const open: { holds: boolean }[] = [];
  for (let at = 0; at < bare.length; at++) {
    const char = bare[at]!;
    if (char === '(') open.push({ holds: false });
    else if (char === ')') {
      const group = open.pop();
      const isRepeated = /^(?:[*+]|\{)/.test(bare.slice(at + 1, at + 2));
      if (group?.holds && isRepeated) return true;
      const outer = open.at(-1);
      if (outer && group?.holds) outer.holds = true;
    } else if (/[*+{|]/.test(char)) {
      const group = open.at(-1);
      if (group) group.holds = true;
    }
  }
  return false;
}
