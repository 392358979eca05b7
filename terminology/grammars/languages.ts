/** Languages. https://www.rfc-editor.org/info/bcp47, https://hl7.org/fhir/R4/valueset-all-languages.html */
import { type Grammar, namesOf } from './grammar.ts';

const language = namesOf('language');
const region = namesOf('region');
const script = namesOf('script');

export const LANGUAGES: Grammar = {
  url: 'urn:ietf:bcp:47',
  name: 'BCP47',
  title: 'Tags for the Identification of Languages',
  caseSensitive: false,
  find(code) {
    const parts = PARTS.exec(code)?.groups;
    if (!parts) return /^(?:x(?:-[a-z0-9]{1,8})+|i-[a-z]{2,8})$/i.test(code) ? { code, display: code } : undefined;
    const primary = parts.language!.toLowerCase();
    // ICU has all languages of two letters; of the 7,900 of three letters only those that are much used.
    if (primary.length === 2 && language(primary) === undefined) return undefined;
    if (parts.region && /^[a-z]{2}$/i.test(parts.region) && region(parts.region.toUpperCase()) === undefined) {
      return undefined;
    }
    return { code: written(code, parts), display: nameOf(primary, parts) };
  },
};

/** RFC 5646, section 2.1: `langtag`; nothing of four letters or more is registered. */
const PARTS =
  /^(?<language>[a-z]{2,3}(?:-[a-z]{3}){0,3})(?:-(?<script>[a-z]{4}))?(?:-(?<region>[a-z]{2}|[0-9]{3}))?(?<rest>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?)$/i;

function written(code: string, { language: primary, script: ofScript, region: ofRegion, rest }: Parts): string {
  const title = ofScript && ofScript[0]!.toUpperCase() + ofScript.slice(1).toLowerCase();
  const tag = [primary!.toLowerCase(), title, ofRegion?.toUpperCase()].filter((part) => part).join('-');
  return rest ? tag + rest.toLowerCase() : tag.length === code.length ? tag : code;
}

type Parts = Record<string, string | undefined>;

function nameOf(primary: string, parts: Parts): string {
  const details = [
    parts.script && script(parts.script[0]!.toUpperCase() + parts.script.slice(1).toLowerCase()),
    parts.region && (region(parts.region.toUpperCase()) ?? parts.region),
  ].filter((one) => one);
  const name = language(primary) ?? primary;
  return details.length > 0 ? `${name} (${details.join(', ')})` : name;
}
