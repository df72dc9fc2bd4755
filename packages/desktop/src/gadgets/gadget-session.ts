/** What gadgets of the page's origin find in the browser's storages (gadgets.md 6). */
import { base64 } from '../session/gadget-link.ts';

type Keep = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export interface SessionFacts {
  readonly id: string;
  /** Null: of a user of single sign-on, whose gadgets have no password to use. */
  readonly password: string | null;
  /** The server's clock minus this computer's, ms: libraries add it to the time of the browser. */
  readonly driftMs: number;
  /** Minutes east of UTC. */
  readonly serverTimezoneOffset: number | null;
  readonly isLogKept: boolean;
  /** Six characters that tell this session's log from others. */
  readonly logKey: string;
}

const AUTH = 'userFinesseAuth';

/** Written before the first gadget is loaded. A storage that is forbidden costs the gadgets, not the page. */
export function beginGadgetSession(facts: SessionFacts, storage: () => Keep): void {
  try {
    const keep = storage();
    if (facts.password === null) keep.removeItem(AUTH);
    else keep.setItem(AUTH, base64(`${facts.id}:${facts.password}`));
    keep.setItem('clientTimestampDrift', String(Math.round(facts.driftMs)));
    if (facts.serverTimezoneOffset !== null)
      keep.setItem('serverTimezoneOffset', String(facts.serverTimezoneOffset));
    keep.setItem('enableLocalLog', String(facts.isLogKept));
    keep.setItem('finSessKey', facts.logKey);
  } catch {
    // Gadgets say themselves that they have no credentials.
  }
}

/** Nobody is signed in any more. */
export function endGadgetSession(storage: () => Keep): void {
  try {
    storage().removeItem(AUTH);
  } catch {
    // It was never written then.
  }
}
