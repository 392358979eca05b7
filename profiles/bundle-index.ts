/** References between the entries of a Bundle. https://hl7.org/fhir/R4/bundle.html#references */
import { parseReference } from '../resources/index.ts';

/** What a reference leads to inside of a Bundle. https://hl7.org/fhir/R4/bundle.html#references */
export class BundleIndex {
  readonly #byUrl = new Map<string, any>();

  constructor(bundle: any) {
    for (const entry of Array.isArray(bundle?.entry) ? bundle.entry : []) {
      const { fullUrl, resource } = entry ?? {};
      if (typeof fullUrl !== 'string' || typeof resource !== 'object' || resource === null) continue;
      if (!this.#byUrl.has(fullUrl)) this.#byUrl.set(fullUrl, resource);
      const version = resource.meta?.versionId;
      if (typeof version === 'string') this.#byUrl.set(`${fullUrl}/_history/${version}`, resource);
    }
  }

  /** @param from the fullUrl of the entry in which the reference stands: relative ones are meant on its server */
  find(reference: string, from: unknown): any {
    const [plain = ''] = reference.split('#');
    const found = this.#byUrl.get(plain);
    if (found !== undefined || parseReference(plain).kind !== 'local') return found;
    const base = typeof from === 'string' ? baseOf(from) : undefined;
    return base === undefined ? undefined : this.#byUrl.get(base + plain);
  }
}

function baseOf(fullUrl: string): string | undefined {
  return /^(https?:\/\/.*\/)[A-Za-z]+\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/.exec(fullUrl)?.[1];
}
