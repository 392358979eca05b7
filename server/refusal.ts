/** Why a command cannot go on, told to the person who started it: a sentence, and what to try. */
export class Refusal extends Error {
  /** @param text what happened and where · @param hint what to try */
  constructor(text: string, hint?: string, cause?: unknown) {
    super(hint ? `${text}\n${hint}` : text, { cause });
    this.name = 'Refusal';
  }
}
