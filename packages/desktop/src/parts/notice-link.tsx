import { Button } from 'react-aria-components';
import { useDesk } from '../desk/desk-context.tsx';
import { useMessages } from '../messages/index.tsx';

/** Tells the gadget whose notice this is that it was clicked. */
export function NoticeLink({ click, onOpen }: { click: string; onOpen?: () => void }) {
  const { t } = useMessages();
  const { commands } = useDesk();
  return (
    <Button
      className="link"
      onPress={() => {
        commands.run('gadget.notice', click);
        onOpen?.();
      }}
    >
      {t('notices.show')}
    </Button>
  );
}
