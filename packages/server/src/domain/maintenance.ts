/**
 * Maintenance mode of this node (desktop.md 12; objects.md, SystemInfo): desktops are told some time before, then they move to the other
 * node, and this one can be stopped. Pure; its time is `desk/maintenance-mode.ts`.
 */

/** As SystemInfo words it, with the words of `ctiMMode`. */
export type MaintenanceWord =
  /** Announced; desktops warn their agents. */
  | 'INITIATING'
  /** Desktops move, and have moved. */
  | 'IN_PROGRESS';

/** How it went, in the words of the MaintenanceMode API. */
export type MaintenanceOutcome = 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';

export interface MaintenanceState {
  /** Null: the node works as ever. */
  readonly mode: MaintenanceWord | null;
  /** Null: there was none since the start. */
  readonly outcome: MaintenanceOutcome | null;
  /** Monotonic ms of the announcement; null while the node works as ever. */
  readonly since: number | null;
}

export const NO_MAINTENANCE: MaintenanceState = { mode: null, outcome: null, since: null };

export type MaintenanceEvent =
  | { readonly type: 'announced'; readonly at: number }
  /** The time of notice is over. */
  | { readonly type: 'begun' }
  /** No desktop is left on this node. */
  | { readonly type: 'empty' }
  /** Desktops have come since it was empty, and shall be waited for once more. */
  | { readonly type: 'occupied' }
  /** Desktops are left although the time is over: the node goes on working. */
  | { readonly type: 'late' }
  /** An administrator has ended it. */
  | { readonly type: 'ended' };

/** @returns the same object where the event changes nothing */
export function applyToMaintenance(state: MaintenanceState, event: MaintenanceEvent): MaintenanceState {
  const { mode, outcome } = state;
  switch (event.type) {
    case 'announced':
      return mode === null ? { mode: 'INITIATING', outcome: 'IN_PROGRESS', since: event.at } : state;
    case 'begun':
      return mode === 'INITIATING' ? { ...state, mode: 'IN_PROGRESS' } : state;
    case 'empty':
      // Whoever signs in here nevertheless is moved, too: the mode stays until it is ended.
      return mode === 'IN_PROGRESS' && outcome === 'IN_PROGRESS' ? { ...state, outcome: 'COMPLETED' } : state;
    case 'occupied':
      return mode === 'IN_PROGRESS' && outcome === 'COMPLETED' ? { ...state, outcome: 'IN_PROGRESS' } : state;
    case 'late':
      return mode !== null && outcome === 'IN_PROGRESS'
        ? { mode: null, outcome: 'FAILED', since: null }
        : state;
    case 'ended':
      return mode === null
        ? state
        : { mode: null, outcome: outcome === 'COMPLETED' ? 'COMPLETED' : 'FAILED', since: null };
  }
}
