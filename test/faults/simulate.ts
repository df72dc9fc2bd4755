/** One run: a seed in, a report out. */
import { Aftermath } from './aftermath.ts';
import { Checks } from './checks.ts';
import { Correlations } from './correlations.ts';
import { buildIn, type DefectName } from './defects.ts';
import { NODE_FAULTS } from './node-faults.ts';
import { NodesPresenceChecks } from './nodes-presence-checks.ts';
import { BURSTS, FAULTS, type Fault, Faults } from './plan.ts';
import { PresenceChecks } from './presence-checks.ts';
import { BrokenInvariant } from './record.ts';
import { World } from './world.ts';

export interface SimulationOptions {
  readonly seed: number;
  readonly defect?: DefectName | undefined;
  /** How many nodes there are; default 1. */
  readonly nodes?: number | undefined;
  /** Drawn from instead of all that the nodes may have. */
  readonly faults?: readonly Fault[] | undefined;
  /** Told of each happening as it happens. */
  readonly print?: (line: string) => void;
}

export interface Report {
  readonly seed: number;
  readonly nodes: number;
  /** Of all that happened: equal for two runs of one seed. */
  readonly digest: string;
  readonly happenings: number;
  /** The invariant that was broken; null: none. */
  readonly broken: BrokenInvariant | null;
  /** Faults and last happenings, for people. */
  readonly timeLine: string;
}

/** Time after the last fault in which all must become well. */
const CALM_MS = 60_000;
/** Steps in which time is let pass, so that a broken invariant ends the run. */
const STEP_MS = 1_000;

/** Runs the whole system on a seed. Never two at a time in one process: identifiers of the SDK come from one place. */
export async function simulate(options: SimulationOptions): Promise<Report> {
  const world = new World(options);
  let broken: BrokenInvariant | null = null;
  world.broken = (invariant, detail) => {
    broken ??= new BrokenInvariant(invariant, detail);
    world.line(`BROKEN ${invariant}: ${detail}`);
  };
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms && broken === null; passed += STEP_MS)
      await world.pass(Math.min(STEP_MS, ms));
  };
  const restore = seededIds(() => world.newId());
  const takeOut = buildIn(options.defect);
  try {
    const isOne = world.places.length === 1;
    const presence = isOne ? new PresenceChecks(world) : new NodesPresenceChecks(world);
    world.onNode = (node) => presence.watch(node);
    await world.start();
    const faults = new Faults(world, options.faults ?? (isOne ? FAULTS : NODE_FAULTS));
    faults.plan();
    new Checks(world, isOne ? undefined : new Correlations(world)).begin();
    presence.begin();
    await pass(BURSTS[1].until);
    const isOver = () => world.calm && world.now - world.calmSince >= CALM_MS && presence.due;
    while (broken === null && !isOver()) await pass(STEP_MS);
    if (broken === null) await new Aftermath(world, pass).run();
  } catch (error) {
    broken ??= new BrokenInvariant(
      'no internal error',
      error instanceof Error ? (error.stack ?? '') : String(error),
    );
  } finally {
    restore();
    takeOut();
  }
  const { digest, count, timeLine } = world.recording;
  return { seed: options.seed, nodes: world.places.length, digest, happenings: count, broken, timeLine };
}

/** The SDK takes its identifiers from the platform: here they come from the seed. */
function seededIds(newId: () => string): () => void {
  Object.defineProperty(crypto, 'randomUUID', { value: newId, configurable: true });
  return () => {
    delete (crypto as { randomUUID?: unknown }).randomUUID;
  };
}
