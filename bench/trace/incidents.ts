/**
 * Incidents of known cause: the whole system of the simulation (test/faults) under one named fault, and the logs that
 * its node and the asked agent's page write, as the product writes them; beside them what other programs would have written.
 */
import { decodedBean } from '@poise/ged188';
import type { Verdict } from '@poise/trace';
import type { Happenings } from '../../packages/server/src/happenings.ts';
import { Journal } from '../../packages/server/src/journal/index.ts';
import { MemoryLogFiles } from '../../packages/server/src/journal/memory-log-files.ts';
import { openfireLine } from '../../packages/server/src/journal/openfire-lines.ts';
import { Timestamps } from '../../packages/server/src/journal/timestamps.ts';
import { between, chance, pick } from '../../test/faults/chance.ts';
import { CENTRE } from '../../test/faults/directory.ts';
import type { SimNode } from '../../test/faults/node.ts';
import type { SimProcess } from '../../test/faults/process.ts';
import { World } from '../../test/faults/world.ts';
import { ClientEvidence, type Clocks, Surroundings } from './evidence.ts';
import { type Collected, FAULTS, type Fault, type FaultName } from './faults.ts';

export { FAULT_NAMES, type FaultName } from './faults.ts';

export interface Incident {
  readonly seed: number;
  readonly fault: FaultName;
  /** Whom somebody asks about. */
  readonly agent: string;
  /** What happened, whatever the logs can show. */
  readonly cause: Verdict;
  /** The right verdict for what was collected: the cause, or the group that it belongs to. */
  readonly label: Verdict;
  /** When, by the server's clock. */
  readonly at: number;
  readonly form: '9.1' | '11.6';
  /** Of the original: BOSH, and nothing that only Poise writes. */
  readonly isOriginal: boolean;
  /** Paths below the log folder → content. */
  readonly files: ReadonlyMap<string, string>;
}

const SECOND = 1_000;
/** Time until everybody is signed in, and for what follows a fault: 60 s of silence, 60 s of grace, and room. */
const CALM_MS = 45 * SECOND;
const AFTER_MS = 250 * SECOND;
const ZONES = [330, -300, 60, 0, 570] as const;

/** Runs a seed. Never two at a time in one process: identifiers come from one place. */
export async function incident(seed: number, name: FaultName): Promise<Incident> {
  const fault: Fault = FAULTS[name];
  const isOriginal = fault.original === true || seed % 3 !== 0;
  const world = new World({
    seed,
    print: (line) => heard(line),
    transport: isOriginal ? 'bosh' : fault.transport,
  });
  const random = world.random(`incident ${name}`);
  const form = chance(random, 0.4) ? '9.1' : '11.6';
  const clocks: Clocks = {
    server: () => world.node?.process.clock.now() ?? world.clock.now(),
    serverZone: pick(random, ZONES),
    clientZone: pick(random, ZONES),
  };
  const agents = CENTRE.users.map(({ loginId }) => loginId).filter((id) => id !== '2050');
  const agent = pick(random, agents);
  const client = new ClientEvidence(clocks, isOriginal);
  const around = new Surroundings(clocks);
  /** What the agent's page logs, and what it tells of its connection. */
  const heard = (line: string) => {
    const found = /^ *[\d.]+ (\d{4}) (log|connection) (.*)$/s.exec(line);
    if (found === null || found[1] !== agent) return;
    const now = world.desktops.get(agent)?.process.clock.now() ?? world.clock.now();
    if (found[2] === 'log') client.own(now, found[3] as string);
    else client.status(now, /^\w+/.exec(found[3] as string)?.[0] ?? '');
  };
  const memory = new MemoryLogFiles(() => world.clock.now());
  const journals: Journal[] = [];
  const nodes: SimNode[] = [];
  world.onHappenings = (happenings, process) => {
    const journal = journalOf(
      happenings,
      process,
      memory,
      form,
      fault.deployment ?? 'CCE',
      clocks.serverZone,
    );
    journals.push(journal);
    void journal.start();
  };
  world.onNode = (node) => void nodes.push(node);
  const restore = seededIds(() => world.newId());
  try {
    await world.start();
    world.rest();
    for (const desktop of world.desktops.values()) void desktop.signIn();
    await world.pass(CALM_MS + between(random, 0, 40) * SECOND);
    const at = clocks.server();
    fault.begin({ world, agent, random, client, around, isOriginal });
    await world.pass(AFTER_MS + (fault.lastsMs ?? 0));
    for (const journal of journals) await journal.stop();
    const written = new Map(memory.names().map((path) => [path.replace('/logs/', ''), memory.text(path)]));
    const times = new Timestamps(() => clocks.serverZone);
    // What the notification service keeps of its debug lines, as somebody who asks for debug.log has it.
    const debug = nodes.flatMap((node) => [...node.notification.debugLines()]);
    written.set(
      'desktop/logs/openfire/debug.log',
      debug.map(({ atMs, line }) => `${openfireLine(line, atMs, times)}\n`).join(''),
    );
    for (const [path, content] of around.files) written.set(path, (written.get(path) ?? '') + content);
    const text = client.text(fault.persistent === true || chance(random, 0.3));
    // A page that is gone can send nothing; its storage may be read.
    if (text !== '' && (world.desktops.has(agent) || fault.persistent))
      written.set(`clientlogs/clientlog.${agent}.x.log`, text);
    const files = new Map(
      [...written]
        .filter(([path]) => isCollected(path, fault.collected ?? 'everything'))
        .map(([path, content]) => [path, kept(path, content, isOriginal, fault.unwritten)]),
    );
    const { cause, group } = fault;
    return { seed, fault: name, agent, cause, label: group ?? cause, at, form, isOriginal, files };
  } finally {
    restore();
  }
}

function isCollected(path: string, collected: Collected): boolean {
  if (collected === 'everything') return true;
  return collected === 'server' ? !path.startsWith('clientlogs/') : path.includes('/webservices/');
}

/** Lines that only Poise writes, by their ids. */
const OURS = /-\d-(?:FORCED_SIGN_OUT|RAW_MESSAGE_FROM_CTI_SERVER): /;

/** The second start of a service that never went down was not written. */
function kept(path: string, content: string, isOriginal: boolean, unwritten: RegExp | undefined): string {
  let lines = content.split('\n');
  if (isOriginal && path.includes('/webservices/')) lines = lines.filter((line) => !OURS.test(line));
  if (unwritten !== undefined) lines = lines.filter((line) => !unwritten.test(line));
  return lines.join('\n');
}

function journalOf(
  happenings: Happenings,
  process: SimProcess,
  files: MemoryLogFiles,
  form: '9.1' | '11.6',
  deployment: 'CCE' | 'CCX',
  zone: number,
): Journal {
  return new Journal({
    happenings,
    // Writing takes no time here: what is queued is written when the virtual clock goes on.
    clock: process.clock,
    directory: '/logs',
    host: '10.10.10.5',
    form,
    deployment,
    levels: { webservices: 'information', notification: 'debug' },
    bean: (name, fields, kind) =>
      decodedBean({ name, fields } as Parameters<typeof decodedBean>[0], { form: kind }),
    files,
    zone: () => zone,
  });
}

function seededIds(newId: () => string): () => void {
  Object.defineProperty(crypto, 'randomUUID', { value: newId, configurable: true });
  return () => {
    delete (crypto as { randomUUID?: unknown }).randomUUID;
  };
}
