/** Records that tell of what was written of certain types before its writer hears that it is stored. */
import type { Records, WriteSet } from './records.ts';

/**
 * @param types those that are told
 * @param told is waited for; it is not called for a write that failed
 */
export function followed(
  records: Records,
  types: ReadonlySet<string>,
  told: (types: readonly string[]) => void | Promise<void>,
): Records {
  const after = async <T>(written: readonly string[], work: Promise<T>): Promise<T> => {
    const result = await work;
    await told(written);
    return result;
  };
  // No promise more than without, for all the other types.
  const one = <T>(type: string, work: Promise<T>): Promise<T> => (types.has(type) ? after([type], work) : work);
  return {
    ...records,
    create: (access, draft, context) => one(draft.type, records.create(access, draft, context)),
    update: (access, draft, condition, context) => one(draft.type, records.update(access, draft, condition, context)),
    delete: (access, type, id, condition, context) => one(type, records.delete(access, type, id, condition, context)),
    conditional: (access, criteria, context, decide) =>
      one(criteria.type, records.conditional(access, criteria, context, decide)),
    deleteMatches: (access, criteria, max, context) =>
      one(criteria.type, records.deleteMatches(access, criteria, max, context)),
    commit(access, set, context) {
      const written = typesOf(set).filter((type) => types.has(type));
      const work = records.commit(access, set, context);
      return written.length === 0 ? work : after(written, work);
    },
    revise: (access, target, context, decide) => one(target.type, records.revise(access, target, context, decide)),
  };
}

function typesOf({ writes, encoded }: WriteSet): string[] {
  const written = writes.map((write) => (write.do === 'delete' ? write.type : write.content.type));
  return [...new Set([...written, ...(encoded?.types ?? [])])];
}
