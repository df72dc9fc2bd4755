import { useAgent } from '../desktop-context.tsx';
import { StateHistoryTable } from '../parts/history-table.tsx';

/** The own states since the last sign-in (desktop.md 6). */
export default function StateHistory() {
  return <StateHistoryTable userId={useAgent().loginId} />;
}
