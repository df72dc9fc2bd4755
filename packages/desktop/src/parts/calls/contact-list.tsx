import { within } from '@poise/pages';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { Button, Input, Label, SearchField } from 'react-aria-components';
import { useDesktop, useDesktopState } from '../../desktop-context.tsx';
import { useMessages } from '../../messages/index.tsx';
import { Typed } from '../../messages/typed.tsx';
import { contactRows, drawnRows, type ListPlace, placeAfter, search } from '../../session/contacts.ts';
import { Icon } from '../icon.tsx';

/** Pixels: a row, and what is seen of the list. */
const ROW = 44;
const HEIGHT = 6 * ROW;

/**
 * The contacts of all phone books. Only the rows that are seen are on the page, however many there are. One row is a stop of the
 * Tab key; the arrow keys, Page Up and Down, Home and End go on from it.
 */
export function ContactList({
  onCall,
  onCopy,
  isBlocked,
}: {
  onCall: (number: string) => void;
  onCopy: (number: string) => void;
  isBlocked: boolean;
}) {
  const { t, language } = useMessages();
  const { controller } = useDesktop();
  const books = useDesktopState((state) => state.calls.phoneBooks);
  const headingId = useId();
  const [words, setWords] = useState('');
  const [scrollTop, setScrollTop] = useState(0);
  const [at, setAt] = useState<ListPlace>({ row: 0, cell: 'call' });
  const list = useRef<HTMLDivElement>(null);
  const movesFocus = useRef(false);
  useEffect(() => void controller.loadPhoneBooks(), [controller]);
  const all = useMemo(() => (Array.isArray(books) ? contactRows(books, language) : []), [books, language]);
  const rows = useMemo(() => search(all, words), [all, words]);
  const row = Math.min(at.row, Math.max(0, rows.length - 1));

  useEffect(() => {
    if (!movesFocus.current) return;
    movesFocus.current = false;
    list.current?.querySelector<HTMLElement>(`[data-at="${row} ${at.cell}"]`)?.focus({ preventScroll: true });
  });

  const go = (next: ListPlace) => {
    movesFocus.current = true;
    setAt(next);
    const box = list.current;
    if (!box) return;
    const top = next.row * ROW;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + ROW > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW - box.clientHeight;
    setScrollTop(box.scrollTop);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const next = placeAfter(event.key, { row, cell: at.cell }, rows.length);
    if (next === null) return;
    event.preventDefault();
    go(next);
  };
  const told =
    books === 'failed'
      ? t('contacts.failed')
      : !Array.isArray(books)
        ? t('contacts.reading')
        : t(rows.length === 0 ? 'contacts.none' : 'contacts.count', { count: String(rows.length) });
  return (
    <section className="contacts" aria-labelledby={headingId}>
      <SearchField
        className="field"
        value={words}
        onChange={(next) => {
          setWords(next);
          setAt({ row: 0, cell: 'call' });
          if (list.current) list.current.scrollTop = 0;
          setScrollTop(0);
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown' && rows.length > 0) {
            event.preventDefault();
            go({ row: 0, cell: 'call' });
          }
        }}
      >
        <Label>{t('contacts.search')}</Label>
        <Input maxLength={64} />
      </SearchField>
      <p className="hint" id={headingId}>
        <span role="status">{told}</span>
        {books === 'failed' ? (
          <Button className="link" onPress={() => void controller.loadPhoneBooks()}>
            {t('read.again')}
          </Button>
        ) : null}
      </p>
      {rows.length === 0 ? (
        <div className="contact-list" />
      ) : (
        // biome-ignore lint/a11y/useSemanticElements: a table has all its rows on the page
        <div
          className="contact-list"
          role="grid"
          aria-label={t('contacts.heading')}
          aria-rowcount={rows.length + 1}
          ref={list}
          tabIndex={-1}
          onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
          onKeyDown={onKeyDown}
        >
          {/* biome-ignore lint/a11y/useSemanticElements: see above */}
          {/* biome-ignore lint/a11y/useFocusableInteractive: nothing can be done with it */}
          <div role="row" aria-rowindex={1} className="visually-hidden">
            {/* biome-ignore lint/a11y/useSemanticElements: see above */}
            {/* biome-ignore lint/a11y/useFocusableInteractive: see above */}
            <span role="columnheader">{t('contacts.column.call')}</span>
            {/* biome-ignore lint/a11y/useSemanticElements: see above */}
            {/* biome-ignore lint/a11y/useFocusableInteractive: see above */}
            <span role="columnheader">{t('contacts.column.copy')}</span>
          </div>
          <div role="presentation" className="contact-space" style={{ height: rows.length * ROW }}>
            {drawnRows(rows.length, scrollTop, HEIGHT, ROW, row).map((index) => {
              const contact = rows[index];
              if (!contact) return null;
              const stop = (cell: ListPlace['cell']) => ({
                tabIndex: index === row && cell === at.cell ? 0 : -1,
                'data-at': `${index} ${cell}`,
                onFocus: () => setAt({ row: index, cell }),
              });
              return (
                // biome-ignore lint/a11y/useSemanticElements: a table has all its rows on the page
                // biome-ignore lint/a11y/useFocusableInteractive: the buttons in it have the focus
                <div
                  role="row"
                  aria-rowindex={index + 2}
                  className="contact"
                  key={index}
                  style={{ transform: `translateY(${index * ROW}px)` }}
                >
                  {/* biome-ignore lint/a11y/useSemanticElements: see above */}
                  {/* biome-ignore lint/a11y/useFocusableInteractive: the button in it has the focus */}
                  <div role="gridcell" className="contact-call">
                    <button
                      type="button"
                      {...stop('call')}
                      aria-disabled={isBlocked}
                      title={[contact.name, contact.description, contact.book]
                        .filter(Boolean)
                        .map(within)
                        .join(' · ')}
                      onClick={() => onCall(contact.number)}
                    >
                      <Typed className="contact-name">{contact.name}</Typed>
                      <Typed className="contact-number" dir="ltr">
                        {contact.number}
                      </Typed>
                    </button>
                  </div>
                  {/* biome-ignore lint/a11y/useSemanticElements: see above */}
                  {/* biome-ignore lint/a11y/useFocusableInteractive: the button in it has the focus */}
                  <div role="gridcell">
                    <button
                      type="button"
                      className="icon-button"
                      {...stop('copy')}
                      aria-label={t('contacts.copy', { name: contact.name })}
                      onClick={() => onCopy(contact.number)}
                    >
                      <Icon name="pencil" />
                    </button>
                  </div>
                </div>
              );
            })}
          </div>
        </div>
      )}
    </section>
  );
}
