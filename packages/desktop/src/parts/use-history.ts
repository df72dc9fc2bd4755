import { useEffect, useSyncExternalStore } from 'react';
import { useDesktop } from '../desktop-context.tsx';

/** Reads the history of a user as long as it is shown. */
export function useHistory(userId: string) {
  const { history } = useDesktop().controller.areas;
  useEffect(() => history.open(userId), [history, userId]);
  const area = history.of(userId);
  return useSyncExternalStore(area.subscribe, area.snapshot);
}
