/** GET [base]/[type]/[id]: the current version. https://hl7.org/fhir/R4/http.html#read */
import { type Context, Fault } from '../../resources/index.ts';
import type { Version } from '../../store/index.ts';
import { readAnswer } from '../answer.ts';
import type { Call } from '../call.ts';
import { type Answer, defineInteraction, type Environment } from '../interaction.ts';
import { operationDefinition } from '../operation-definition.ts';
import { etagOf, noneMatchHolds, unmodifiedSince } from '../preconditions.ts';
import { subsetAnswer } from '../subset-answer.ts';

export const interaction = defineInteraction({
  name: 'read',
  verb: 'read',
  parameters: ['_summary', '_elements'],
  async perform(call, environment, context) {
    const version = await environment.store.records.read(context.access, call.type!, call.id!, context);
    if (!version && call.type === 'OperationDefinition') return ownOperation(call, environment, context);
    if (!version) throw new Fault('not-found', `${call.type}/${call.id} does not exist.`);
    if (version.deleted) throw gone(version);
    return unchangedAnswer(call, version) ?? subsetAnswer(call, readAnswer(version));
  },
});

/** What is told of a deleted resource, whichever version was asked for. https://hl7.org/fhir/R4/http.html#delete */
export function gone(version: Version): Fault {
  return new Fault('gone', `${version.type}/${version.id} was deleted at ${version.lastUpdated}.`, {
    hint: `Its versions are at ${version.type}/${version.id}/_history.`,
    headers: { ETag: etagOf(version.version) },
  });
}

/** What the metadata name can be read, though it is stored nowhere. @throws Fault `not-found` for any other id */
function ownOperation(call: Call, { catalogue }: Environment, { base }: Context): Answer {
  const operation = catalogue.all.get(call.id!);
  if (!operation) throw new Fault('not-found', `OperationDefinition/${call.id} does not exist.`);
  return subsetAnswer(call, { status: 200, body: JSON.stringify(operationDefinition(operation, base)) });
}

/** 304 where the caller has this version already. https://hl7.org/fhir/R4/http.html#cread */
function unchangedAnswer(call: Call, version: Version): Answer | undefined {
  const { ifNoneMatch, ifModifiedSince } = call.headers;
  // RFC 9110, 13.2.2: where both are sent, If-None-Match alone decides.
  const unchanged =
    ifNoneMatch !== undefined
      ? noneMatchHolds(ifNoneMatch, version.version)
      : ifModifiedSince !== undefined && unmodifiedSince(ifModifiedSince, version.lastUpdated);
  if (!unchanged) return undefined;
  return { status: 304, etag: etagOf(version.version), lastModified: version.lastUpdated };
}
