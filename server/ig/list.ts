/** What is installed, as a person reads it. */
import type { Guide, ParameterState } from '../../store/index.ts';
import { listed } from './add.ts';
import { missingOf } from './find.ts';

/** Pure. @param states the search parameters of users, of which some came with guides */
export function guidesText(guides: readonly Guide[], states: readonly ParameterState[]): string {
  if (guides.length === 0) return 'No guide is installed. `npm run ig -- add FILE.tgz` installs one.\n';
  const lines = guides.flatMap((guide) => {
    const { name, version, title, members, pinned, changed, installed } = guide;
    const missing = missingOf(guide, guides);
    return [
      `${name}@${version}${title ? `  ${title}` : ''}`,
      `  ${members} definitions, ${pinned} of them pinned; installed ${installed.slice(0, 16).replace('T', ' ')} UTC`,
      ...(changed.length > 0 ? [`  ${changed.length} changed or deleted since: ${listed(changed)}`] : []),
      ...(missing.length > 0 ? [`  depends on what is not here: ${missing.join(', ')}`] : []),
    ];
  });
  const active = states.filter(({ state }) => state === 'active').length;
  const building = states.filter(({ state }) => state === 'building').length;
  const indexed = building > 0 ? `${active} indexed, ${building} being indexed` : `${active} indexed`;
  return `${[...lines, `Search parameters beside R4's own: ${indexed}.`].join('\n')}\n`;
}
