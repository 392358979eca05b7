/** What a generated resource points at: ids to be filled in for single resources, urn:uuids inside a transaction Bundle. */
import type * as fhir from 'fhir/r4.js';
import { HOLES } from './template.ts';

export type LinkType = 'Patient' | 'Encounter' | 'Practitioner' | 'Organization' | 'Location' | 'Claim';

/** Reference and display of the resource of each type that belongs to the record. */
export interface Links {
  to(type: LinkType): fhir.Reference;
}

/** References by id, as in a resource that is sent by itself: the id is a hole of the template. */
export function linksById(display: Partial<Record<LinkType, string>>): Links {
  return { to: (type) => withDisplay(`${type}/${HOLES[type]}`, display[type]) };
}

/** References by fullUrl, as in a transaction Bundle. */
export function linksByUrn(urns: Partial<Record<LinkType, string>>, display: Partial<Record<LinkType, string>>): Links {
  return {
    to(type) {
      const urn = urns[type];
      if (urn === undefined) throw new Error(`The record has no ${type} yet to refer to.`);
      return withDisplay(urn, display[type]);
    },
  };
}

function withDisplay(reference: string, display: string | undefined): fhir.Reference {
  return display === undefined ? { reference } : { reference, display };
}
