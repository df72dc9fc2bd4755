import { useDesktop } from '../desktop-context.tsx';
import { useMessages } from '../messages/index.tsx';
import type { Page } from '../session/notices.ts';

/** Opens the window that the browser blocked; it lets who clicks. */
export function PageLink({ page, onOpen }: { page: Page; onOpen?: () => void }) {
  const { t } = useMessages();
  const { controller } = useDesktop();
  return (
    <a
      className="link"
      href={page.url}
      target="_blank"
      rel="noreferrer"
      onClick={(event) => {
        event.preventDefault();
        controller.areas.workflows.open(page);
        onOpen?.();
      }}
    >
      {t('notices.openWindow')}
    </a>
  );
}
