/** Processor time and memory of whole process trees, from Linux' /proc. Elsewhere these columns stay empty. */
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** What a tree of processes has used, at one moment. */
export interface Usage {
  /** Microseconds on a processor since the processes began. */
  readonly cpuMicros: number;
  /** Bytes of resident memory, shared pages counted in each process that maps them. */
  readonly memoryBytes: number;
}

const TICKS_PER_SECOND = 100;

/** Usage of `pid` and all its descendants; undefined where there is no /proc or the process has ended. */
export function usageOf(pid: number): Usage | undefined {
  if (process.platform !== 'linux') return undefined;
  const members = tree(pid);
  if (members.length === 0) return undefined;
  let cpuMicros = 0;
  let memoryBytes = 0;
  for (const member of members) {
    cpuMicros += cpuMicrosOf(member);
    memoryBytes += memoryOf(member);
  }
  return { cpuMicros, memoryBytes };
}

/** Microseconds that all processors of the machine were busy since it started; tells what other jobs took. */
export function machineBusyMicros(): number | undefined {
  const line = text('/proc/stat')?.split('\n', 1)[0];
  if (line === undefined) return undefined;
  const [user, nice, system, , , irq, softirq] = line.trim().split(/\s+/).slice(1).map(Number);
  return ((user! + nice! + system! + irq! + softirq!) * 1_000_000) / TICKS_PER_SECOND;
}

/** Watches the resident memory of a tree; `stop` tells the highest value seen. */
export function watchMemory(pid: number, everyMs = 250): { stop(): number } {
  let highest = 0;
  const look = (): void => {
    highest = Math.max(highest, usageOf(pid)?.memoryBytes ?? 0);
  };
  const timer = setInterval(look, everyMs);
  look();
  return {
    stop() {
      clearInterval(timer);
      look();
      return highest;
    },
  };
}

/** Number of processors that this process may use. */
export const cores = availableParallelism();

function tree(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = text(`/proc/${name}/stat`);
    if (stat === undefined) continue;
    const parent = Number(fieldsAfterName(stat)[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    if (Number(name) === pid) children.set(-1, [pid]);
  }
  const members = [...(children.get(-1) ?? [])];
  for (let n = 0; n < members.length; n++) members.push(...(children.get(members[n]!) ?? []));
  return members;
}

// schedstat counts nanoseconds per thread; stat counts hundredths of a second but remembers threads that ended.
function cpuMicrosOf(pid: number): number {
  let micros = 0;
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      micros += Number(text(`/proc/${pid}/task/${thread}/schedstat`)?.split(' ')[0] ?? 0) / 1000;
    }
  } catch {
    return 0;
  }
  if (micros > 0) return micros;
  const fields = fieldsAfterName(text(`/proc/${pid}/stat`) ?? '');
  return ((Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 1_000_000) / TICKS_PER_SECOND;
}

function memoryOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(text(`/proc/${pid}/status`) ?? '')?.[1] ?? 0) * 1024;
}

// The name of a process stands in parentheses and may hold spaces and parentheses itself.
function fieldsAfterName(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function text(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
