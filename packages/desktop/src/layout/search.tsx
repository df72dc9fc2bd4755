import { lazy, Suspense, useCallback, useState } from 'react';
import { Button } from 'react-aria-components';
import { useCommand } from '../desk/desk-context.tsx';
import { useMessages } from '../messages/index.tsx';
import { Icon } from '../parts/icon.tsx';

const SearchDialog = lazy(() => import('./search-dialog.tsx'));

/** Leads to a tab or a component by its name (desktop.md D23): a button, a shortcut, and the dialog that they open. */
export function Search() {
  const { t } = useMessages();
  const [isOpen, setOpen] = useState(false);
  const open = useCallback(() => setOpen(true), []);
  useCommand('search', open);
  return (
    <>
      <Button className="side-entry side-search" aria-label={t('search.heading')} onPress={open}>
        <Icon name="search" />
        <span className="side-label">{t('search.button')}</span>
      </Button>
      <Suspense fallback={null}>{isOpen ? <SearchDialog onClose={() => setOpen(false)} /> : null}</Suspense>
    </>
  );
}
