import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { useDesk, useSettings } from '../desk/desk-context.tsx';
import { useAgent, useDesktop, useDesktopState } from '../desktop-context.tsx';
import { say, useMessages } from '../messages/index.tsx';
import { Phrase } from '../messages/phrase.tsx';
import type { Sentence } from '../session/store.ts';
import { FIXED_KEYS } from '../shortcuts/fixed-keys.ts';
import { objection } from '../shortcuts/keymap.ts';
import { keysOf } from '../shortcuts/keys.ts';
import { GROUPS, isListed, type Shortcut } from '../shortcuts/shortcut.ts';
import { useKeymap, useShownKeys } from '../shortcuts/use-keymap.ts';
import { ModalDialog } from './modal.tsx';

/** All shortcuts, what is in conflict, and other keys for each. */
export default function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useMessages();
  const { settings, commands } = useDesk();
  const { controller } = useDesktop();
  const state = useDesktopState((whole) => whole);
  const { shortcuts: own, shortcutsOn } = useSettings();
  const { roles } = useAgent();
  const { shortcuts, map } = useKeymap(roles.includes('Supervisor'));
  const shown = useShownKeys();
  const reach = { state, controller, commands };
  const listed = shortcuts.filter((shortcut) => isListed(shortcut, reach));
  const labelOf = (id: string) => shortcuts.find((shortcut) => shortcut.id === id)?.label ?? null;
  const set = (id: string, keys: string | null) => {
    const { [id]: _, ...others } = own;
    settings.change({ shortcuts: keys === null ? others : { ...others, [id]: keys } });
  };
  return (
    <ModalDialog title={t('shortcuts.heading')} onClose={onClose}>
      {shortcutsOn ? null : <p className="notice">{t('shortcuts.off')}</p>}
      {map.conflicts.size > 0 ? (
        <section className="notice" aria-label={t('shortcuts.conflicts')}>
          <p>{t('shortcuts.conflictsText')}</p>
          <ul>
            {[...map.conflicts].map(([keys, ids]) => (
              <li key={keys}>
                <kbd>{shown(keys)}</kbd>{' '}
                {ids.map((id) => say(t, labelOf(id) ?? { key: 'shortcuts.heading' })).join(', ')}
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {GROUPS.map((group) => {
        const rows = listed.filter((shortcut) => shortcut.group === group);
        if (rows.length === 0) return null;
        return (
          <section className="shortcut-group" key={group}>
            <h3>{t(`shortcuts.group.${group}`)}</h3>
            <ul>
              {rows.map((shortcut) => (
                <ShortcutRow
                  key={shortcut.id}
                  shortcut={shortcut}
                  keys={map.keysOf.get(shortcut.id) ?? ''}
                  isOwn={Object.hasOwn(own, shortcut.id)}
                  objectionTo={(keys) => {
                    const why = objection(map, shortcut.id, keys);
                    if (why === null) return null;
                    if ('by' in why) return { key: `shortcuts.problem.${why.by}` };
                    const action = labelOf(why.taken);
                    return { key: 'shortcuts.taken', values: action ? { action } : {} };
                  }}
                  onChange={(keys) => set(shortcut.id, keys)}
                />
              ))}
            </ul>
          </section>
        );
      })}
      <section className="shortcut-group">
        <h3>{t('fixedKeys.heading')}</h3>
        <ul>
          {FIXED_KEYS.filter(({ command }) => command === undefined || commands.has(command)).map(
            ({ keys, label }) => (
              <li className="shortcut" key={label}>
                <span className="shortcut-name">{t(label)}</span>
                <span className="shortcut-fixed">
                  {keys.map((each) => (
                    <kbd key={each}>{shown(each)}</kbd>
                  ))}
                </span>
              </li>
            ),
          )}
        </ul>
      </section>
      <p className="hint">{t('shortcuts.hint')}</p>
      <Button
        className="button"
        aria-disabled={Object.keys(own).length === 0}
        onPress={() => settings.change({ shortcuts: {} })}
      >
        {t('shortcuts.resetAll')}
      </Button>
    </ModalDialog>
  );
}

function ShortcutRow({
  shortcut,
  keys,
  isOwn,
  objectionTo,
  onChange,
}: {
  shortcut: Shortcut;
  keys: string;
  isOwn: boolean;
  objectionTo: (keys: string) => Sentence | null;
  /** Null: the predefined keys again. */
  onChange: (keys: string | null) => void;
}) {
  const { t } = useMessages();
  const shown = useShownKeys();
  const nameId = useId();
  const problemId = useId();
  const [isTaking, setTaking] = useState(false);
  const [problem, setProblem] = useState<Sentence | null>(null);
  const label = say(t, shortcut.label);
  const button = useRef<HTMLButtonElement>(null);
  /** The field ended by a key: the focus goes back to the button in its place. */
  const comesBack = useRef(false);
  useEffect(() => {
    if (!isTaking && comesBack.current) button.current?.focus();
    comesBack.current = false;
  }, [isTaking]);
  const stop = () => {
    setTaking(false);
    setProblem(null);
  };
  const end = () => {
    comesBack.current = true;
    stop();
  };
  const take = (event: KeyboardEvent) => {
    // Tab and Escape alone keep their meaning: nobody is caught in the field.
    if (event.key === 'Tab' && !event.ctrlKey && !event.altKey) return stop();
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape') return end();
    if (event.key === 'Backspace' || event.key === 'Delete') {
      onChange('');
      return end();
    }
    const taken = keysOf({
      key: event.key,
      code: event.code,
      ctrlKey: event.ctrlKey,
      altKey: event.altKey,
      shiftKey: event.shiftKey,
      metaKey: event.metaKey,
      getModifierState: (name) => event.getModifierState(name),
    });
    if (taken === null || /^(Control|Alt|AltGraph|Shift|Meta)$/.test(event.key)) return;
    const why = objectionTo(taken);
    setProblem(why);
    if (why !== null) return;
    onChange(taken);
    end();
  };
  return (
    <li className="shortcut">
      <span className="shortcut-name" id={nameId}>
        <Phrase sentence={shortcut.label} />
      </span>
      {isTaking ? (
        <input
          className="shortcut-taking"
          data-takes-keys=""
          // biome-ignore lint/a11y/noAutofocus: it takes the place of the button that was pressed
          autoFocus
          readOnly
          value={t('shortcuts.press')}
          aria-labelledby={nameId}
          aria-invalid={problem !== null}
          aria-describedby={problemId}
          onKeyDown={take}
          onBlur={stop}
        />
      ) : (
        <Button
          className="shortcut-keys"
          ref={button}
          aria-label={t('shortcuts.change', {
            action: label,
            keys: keys === '' ? t('shortcuts.none') : shown(keys),
          })}
          onPress={() => setTaking(true)}
        >
          {keys === '' ? t('shortcuts.none') : <kbd>{shown(keys)}</kbd>}
        </Button>
      )}
      {isOwn ? (
        <Button
          className="link"
          aria-label={t('shortcuts.resetOne', { action: label })}
          onPress={() => onChange(null)}
        >
          {t('shortcuts.reset')}
        </Button>
      ) : null}
      <span className="field-error" id={problemId} role="alert" hidden={problem === null}>
        {problem ? <Phrase sentence={problem} /> : null}
      </span>
    </li>
  );
}
