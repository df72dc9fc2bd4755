/** The commands of `poise maintenance`: the desktops of this node move to the other one. */
import { PlainError, phrase } from '../messages/catalogue.ts';

/** What the commands answer. */
export interface MaintenanceAnswer {
  /** Null: the node works as ever. */
  readonly mode: 'INITIATING' | 'IN_PROGRESS' | null;
  /** Since the announcement; -1: the node works as ever. */
  readonly seconds: number;
  /** Null: there was none since the start. */
  readonly report: {
    readonly status: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
    readonly connected: { readonly desktop: number; readonly fippa: number; readonly thirdparty: number };
  } | null;
  /** Other nodes that could take desktops over now; null: this node cannot know. */
  readonly takers: number | null;
}

/** The maintenance mode of the node, as the commands use it. */
export interface MaintenanceControl extends Pick<MaintenanceAnswer, 'seconds' | 'report'> {
  readonly state: Pick<MaintenanceAnswer, 'mode'>;
  /** @returns false: it is on already */
  start(): boolean;
  /** @returns false: it is not on */
  end(): boolean;
}

/** @param takers {@link MaintenanceAnswer.takers} */
export function maintenanceCommands(
  maintenance: MaintenanceControl,
  takers: () => number | null = () => null,
): Readonly<Record<string, () => MaintenanceAnswer>> {
  const answer = (): MaintenanceAnswer => ({
    mode: maintenance.state.mode,
    seconds: maintenance.seconds,
    report: maintenance.report,
    takers: takers(),
  });
  return {
    'maintenance.status': answer,
    'maintenance.start': () => {
      if (!maintenance.start()) throw new PlainError(phrase('maintenance.isOn'));
      return answer();
    },
    'maintenance.end': () => {
      if (!maintenance.end()) throw new PlainError(phrase('maintenance.isOff'));
      return answer();
    },
  };
}
