/** JSON values of any kind that the parser takes: it refuses keys that hold a backslash. */
import fc from 'fast-check';

/** What `fc.jsonValue` makes, without those keys. */
export function jsonValues(constraints?: fc.JsonSharedConstraints): fc.Arbitrary<fc.JsonValue> {
  return fc.jsonValue(constraints).filter((value) => !KEY_WITH_BACKSLASH.test(JSON.stringify(value)));
}

/** Keys of objects, without those. */
export function keys(constraints?: fc.StringConstraints): fc.Arbitrary<string> {
  return fc.string(constraints).filter((key) => !key.includes('\\'));
}

/** In compact JSON only a key is followed by a colon, and a backslash of its own is written twice. */
const KEY_WITH_BACKSLASH = /[{,]"(?:[^"\\]|\\[^\\])*\\\\(?:[^"\\]|\\.)*":/;
