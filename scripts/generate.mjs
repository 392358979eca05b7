/** Generates the definitions of FHIR R4 and nothing else: for images that are built once and run elsewhere. */
import { generate, pinnedNode } from './node.mjs';

await generate(pinnedNode());
