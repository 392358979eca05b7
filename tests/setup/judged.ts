import { judge, type Library } from '../../profiles/index.ts';
import { type Finding, parseJson } from '../../resources/index.ts';
import { ownLibrary } from './own-library.ts';

const own = ownLibrary();

/** Everything that the judge says of a resource, with R4's own value sets at hand unless another library is given. */
export function judged(resource: any, library: Library = own): readonly Finding[] {
  return judge(resource.resourceType, parseJson(JSON.stringify(resource)), { level: 'full', library }).findings;
}

/** The same, each as `severity rule expression`; the missing narrative, of which hundreds would tell, left out. */
export function told(resource: any, library: Library = own): string[] {
  return judged(resource, library)
    .filter(({ rule }) => rule !== 'dom-6')
    .map(({ severity = 'error', rule, kind, expression }) => `${severity} ${rule ?? kind} ${expression}`);
}
