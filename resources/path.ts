/** FHIRPath to an element, as it stands in OperationOutcome.issue.expression. */

/** One step of a path: `.name` for a member, `[2]` for an item, a delimited identifier for names that FHIR does not have. */
export function pathStep(part: string | number): string {
  if (typeof part === 'number') return `[${part}]`;
  return /^[A-Za-z_]\w*$/.test(part) ? `.${part}` : `.\`${part.slice(0, 40).replaceAll('`', '')}\``;
}
