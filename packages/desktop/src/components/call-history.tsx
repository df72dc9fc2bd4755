import { useAgent } from '../desktop-context.tsx';
import { CallHistoryTable } from '../parts/history-table.tsx';

/** The own calls since the last sign-in (desktop.md 6). */
export default function CallHistory() {
  return <CallHistoryTable userId={useAgent().loginId} />;
}
