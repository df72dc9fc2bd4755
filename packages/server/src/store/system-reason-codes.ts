/**
 * Reason codes that the platform itself sets: global, never offered to choose from, never deleted; an administrator
 * may change the label alone (objects.md 6, admin.md 1). The records make a state that nobody chose readable: a client
 * sees "Call Not Answered" and not merely -1.
 */
import type { ReasonCategory, ReasonCodeRecord } from './directory.ts';
import type { Store } from './store.ts';

type Row = readonly [code: number, category: ReasonCategory, label: string];

/** By deployment; labels as the original's administrators and agents know them. */
export const SYSTEM_REASON_CODES: Readonly<Record<'CCE' | 'CCX', readonly Row[]>> = {
  CCE: [
    [32767, 'NOT_READY', 'Call Not Answered'],
    [32762, 'NOT_READY', 'Offhook'],
    [50006, 'NOT_READY', 'Agent Offhook'],
    [50001, 'LOGOUT', 'System Disconnect'],
    [50002, 'LOGOUT', 'System Failure'],
    [50002, 'NOT_READY', 'Connection Failure'],
    [50003, 'LOGOUT', 'Device Error'],
    [50004, 'LOGOUT', 'Inactivity Timeout'],
    [50005, 'NOT_READY', 'Non ACD Busy'],
    [50010, 'NOT_READY', 'Call Overlap'],
    [50020, 'LOGOUT', 'Queue Change'],
    [50030, 'LOGOUT', 'Device Conflict'],
    [50040, 'LOGOUT', 'Mobile Agent Call Fail'],
    [50041, 'NOT_READY', 'Mobile Call Not Answered'],
    [50042, 'LOGOUT', 'Mobile Agent Disconnect'],
    [65535, 'NOT_READY', 'System Reinitialized'],
    [65534, 'NOT_READY', 'System Reset'],
    [65533, 'NOT_READY', 'Extension Modified'],
    [20001, 'NOT_READY', 'Starting Force Logout'],
    [20002, 'LOGOUT', 'Force Logout'],
    [20003, 'NOT_READY', 'Agent Logout Request'],
    [999, 'NOT_READY', 'Supervisor Initiated'],
    [999, 'LOGOUT', 'Supervisor Initiated'],
    [255, 'LOGOUT', 'Connection Failure'],
  ],
  CCX: [
    [32767, 'LOGOUT', 'Device Conflict'],
    [32766, 'LOGOUT', 'Agent Initiated'],
    [32765, 'LOGOUT', 'System Disconnect'],
    [32764, 'LOGOUT', 'System Standby'],
    [32763, 'NOT_READY', 'Call Not Answered'],
    [32762, 'NOT_READY', 'Offhook'],
    [32761, 'NOT_READY', 'Non ACD Busy'],
    [32760, 'NOT_READY', 'Agent Logon'],
    // Captured as for both states, without a word which codes these are: those that also sign an agent out.
    [32759, 'NOT_READY', 'Phone Failure'],
    [32759, 'LOGOUT', 'Phone Failure'],
    [32758, 'NOT_READY', 'Wrap Up Timer Expiry'],
    [32757, 'NOT_READY', 'CUCM Failover'],
    [32757, 'LOGOUT', 'CUCM Failover'],
    [32756, 'NOT_READY', 'Phone Working'],
    [32755, 'NOT_READY', 'Call Ended'],
    [32754, 'NOT_READY', 'Restricted Device'],
    [32754, 'LOGOUT', 'Restricted Device'],
    [32753, 'NOT_READY', 'Restricted Line'],
    [32753, 'LOGOUT', 'Restricted Line'],
    [32752, 'NOT_READY', 'Cancel Reservation Preview Call'],
    [32751, 'NOT_READY', 'Skip Preview Call'],
    [32750, 'NOT_READY', 'Extension Modified'],
    [32750, 'LOGOUT', 'Extension Modified'],
    [32749, 'NOT_READY', 'Call Cancel'],
    [32748, 'LOGOUT', 'Agent Deleted'],
    [32742, 'NOT_READY', 'Non ACD Offhook'],
    [32741, 'LOGOUT', 'Extension Conflict'],
    [32740, 'LOGOUT', 'System Initiated Relogin'],
    [255, 'LOGOUT', 'Connection Failure'],
    [33, 'NOT_READY', 'Supervisor Initiated'],
    [22, 'LOGOUT', 'Supervisor Initiated'],
  ],
};

/**
 * Lets the store hold the system's codes of this deployment and no others, without touching labels that were changed.
 * A code or label that an administrator used before stays the administrator's. Writes only what is missing or too much.
 */
export async function provideSystemReasonCodes(store: Store, deployment: 'CCE' | 'CCX'): Promise<void> {
  const known = systemReasonCodesToProvide(await store.repositories.reasonCodes.all(), deployment);
  if (known.tooMuch.length === 0 && known.missing.length === 0) return;
  // Several nodes may start at the same time.
  await store.changeAlone('systemReasonCodes', async ({ reasonCodes }) => {
    const { tooMuch, missing } = systemReasonCodesToProvide(await reasonCodes.all(), deployment);
    for (const { id } of tooMuch) await reasonCodes.remove(id);
    for (const reason of missing) await reasonCodes.create(reason);
  });
}

/** What {@link provideSystemReasonCodes} takes away and adds. */
export function systemReasonCodesToProvide(
  known: readonly ReasonCodeRecord[],
  deployment: 'CCE' | 'CCX',
): {
  readonly tooMuch: readonly ReasonCodeRecord[];
  readonly missing: readonly Omit<ReasonCodeRecord, 'id'>[];
} {
  const wanted = SYSTEM_REASON_CODES[deployment];
  const isSame = (record: { code: number; category: ReasonCategory }, [code, category]: Row) =>
    record.code === code && record.category === category;
  const tooMuch = known.filter((record) => record.systemCode && !wanted.some((row) => isSame(record, row)));
  const missing = wanted.filter(
    ([code, category, label]) =>
      !known.some(
        (record) =>
          !tooMuch.includes(record) &&
          record.category === category &&
          (record.code === code || record.label === label),
      ),
  );
  return {
    tooMuch,
    missing: missing.map(([code, category, label]) => ({
      category,
      code,
      label,
      forAll: true,
      systemCode: true,
      teamIds: [],
    })),
  };
}
