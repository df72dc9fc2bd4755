import { TEXT_MAX } from '@poise/pages';
import { type KeyboardEvent, useEffect, useId, useRef, useState, useSyncExternalStore } from 'react';
import { titleOf } from '../components/urls.ts';
import { useMessages } from '../messages/index.tsx';
import { Typed } from '../messages/typed.tsx';
import { ModalDialog } from '../parts/modal.tsx';
import { useLayoutPlace } from './layout-context.ts';
import { matching, type PlaceToGo, placesOf } from './places.ts';
import { labelOf } from './tab-label.ts';

/** Longest text that is looked for. */
const TYPED_MAX = 100;

/** A field and the places whose names have what was typed: arrows choose one, Enter leads there. */
export default function SearchDialog({ onClose }: { onClose: () => void }) {
  const { t } = useMessages();
  const { layout, goTo, facts } = useLayoutPlace();
  // Gadgets are looked for by the names that they bear on the page.
  const told = useSyncExternalStore(facts.subscribe, facts.snapshot);
  const [typed, setTyped] = useState('');
  const [index, setIndex] = useState(0);
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const places = matching(
    placesOf(
      layout,
      (label) => labelOf(t, label),
      ({ id, url }) => told.get(id)?.title || titleOf(t, url),
    ),
    typed,
  );
  const current = places[index];
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  });
  const go = (place: PlaceToGo | undefined) => {
    if (place === undefined) return;
    onClose();
    goTo(place);
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || places.length === 0) return;
    const next = {
      ArrowDown: (index + 1) % places.length,
      ArrowUp: (index - 1 + places.length) % places.length,
      PageDown: Math.min(index + 8, places.length - 1),
      PageUp: Math.max(index - 8, 0),
    }[event.key];
    if (next !== undefined) setIndex(next);
    else if (event.key === 'Enter') go(current);
    else return;
    event.preventDefault();
  };
  return (
    <ModalDialog title={t('search.heading')} onClose={onClose}>
      <input
        className="search-field"
        // biome-ignore lint/a11y/noAutofocus: the dialog is opened to type
        autoFocus
        type="text"
        role="combobox"
        aria-label={t('search.heading')}
        aria-expanded={places.length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={current ? `${listId}_${index}` : undefined}
        autoComplete="off"
        spellCheck={false}
        maxLength={TYPED_MAX}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setIndex(0);
        }}
        onKeyDown={pressed}
      />
      {/* The field keeps the focus, and names the option that is meant. */}
      <div className="search-list" role="listbox" id={listId} aria-label={t('search.results')} ref={list}>
        {places.map((place, at) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are those of the field
          <div
            className="search-option"
            role="option"
            key={place.id}
            id={`${listId}_${at}`}
            aria-selected={at === index}
            onClick={() => go(place)}
          >
            <Typed max={TEXT_MAX}>{place.label}</Typed>
          </div>
        ))}
      </div>
      <p className="hint" role="status">
        {places.length === 0 ? t('search.none') : t('search.count', { count: String(places.length) })}
      </p>
    </ModalDialog>
  );
}
