import { useCallback, useState } from 'react';
import { useCommand } from '../desk/desk-context.tsx';

/**
 * A menu that its button opens, and a shortcut. The library gives the focus to an entry when a key on the button opened it; after a
 * shortcut nothing would be marked, so the chosen entry gets it, else the first.
 * @param command name of the command that opens it; null: it cannot be opened now
 */
export function useMenu(command: string | null, isBlocked: boolean) {
  const [opened, setOpened] = useState<'no' | 'pressed' | 'asked'>('no');
  useCommand(
    isBlocked ? null : command,
    useCallback(() => setOpened('asked'), []),
  );
  // What closed it keeps it closed: opened again by itself it would take the focus from what the agent does then.
  if (opened !== 'no' && isBlocked) setOpened('no');
  return {
    trigger: {
      isOpen: opened !== 'no' && !isBlocked,
      onOpenChange: (opens: boolean) => setOpened(opens ? 'pressed' : 'no'),
    },
    menu: opened === 'asked' ? { autoFocus: 'first' as const } : {},
  };
}
