/** Whether a display is one of the names of a concept. https://hl7.org/fhir/R4/codesystem-operation-validate-code.html */
import type { Issue, Named } from './issues.ts';
import { closeness, type Languages } from './languages.ts';
import type { Name } from './presentation.ts';

export interface DisplayQuestion {
  readonly display: string;
  readonly named: Named;
  readonly names: readonly Name[];
  readonly languages: Languages | undefined;
  readonly expression: string;
  /** A wrong display is only warned of. */
  readonly isLenient: boolean;
}

/** What is wrong with a display; undefined where nothing is. */
export function displayIssue({
  display,
  named,
  names,
  languages,
  expression,
  isLenient,
}: DisplayQuestion): Issue | undefined {
  const fits = languages
    ? names.filter(({ language }) => language === undefined || closeness(languages, language) !== undefined)
    : names;
  if (fits.some(({ value }) => isSame(value, display))) return undefined;
  const issue = (rule: string, text: string, severity: Issue['severity']): Issue => ({
    severity,
    code: 'invalid',
    kind: 'invalid-display',
    rule,
    text,
    expression,
    isTold: true,
  });
  const wrong = isLenient ? 'warning' : 'error';
  const code = `${named.system}#${named.code}`;
  const asked = languages?.wanted.join(',') ?? '--';
  const own = names.find(({ isDisplay }) => isDisplay)?.value;
  if (fits.length > 0) {
    const choices = fits.map(({ value, language }) => `'${value}'${language === undefined ? '' : ` (${language})`}`);
    const valid = choices.length === 1 ? choices[0] : `one of ${choices.length} choices: ${listed(choices)}`;
    const text = `Wrong Display Name '${display}' for ${code}. Valid display is ${valid} (for the language(s) '${asked}')`;
    return issue('Display_Name_for__should_be_one_of__instead_of', text, wrong);
  }
  if (own === undefined) return undefined;
  const none = 'There are no valid display names found for';
  if (isSame(own, display)) {
    const text = `${none} the code ${code} for language(s) '${asked}'. The display is '${display}' which is a valid display for the default language`;
    return issue('NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_OK', text, 'information');
  }
  const text = `Wrong Display Name '${display}' for ${code}. ${none} language(s) '${asked}'. Default display is '${own}'`;
  return issue('NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_ERR', text, wrong);
}

function listed(choices: readonly string[]): string {
  return choices.length < 2 ? choices.join('') : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
}

/** Case and the number of blanks say nothing in a display. */
function isSame(one: string, other: string): boolean {
  return one === other || plain(one) === plain(other);
}

function plain(text: string): string {
  return text.trim().replace(/\s+/g, ' ').toLowerCase();
}
