/**
 * Pop-overs of gadgets, over whatever else is on the page, the oldest first. The focus stays where the agent works; one key
 * (`next-pop-over`) takes it here, and from one to the next.
 */
import type { Popover, PopoverButton, PopoverChoice, Popovers } from '@poise/gadgets';
import { TEXT_MAX } from '@poise/pages';
import { useCallback, useEffect, useId, useRef, useState, useSyncExternalStore } from 'react';
import { Button } from 'react-aria-components';
import { useDesk, usePopOverLayer } from '../desk/desk-context.tsx';
import { useMessages } from '../messages/index.tsx';
import { Typed } from '../messages/typed.tsx';
import { Icon } from '../parts/icon.tsx';
import { SaidOnce } from '../parts/said-once.tsx';
import { duration } from '../session/duration.ts';
import { GadgetIcon } from './gadget-icon.tsx';

export function PopoverList({ popovers }: { popovers: Popovers }) {
  const { t } = useMessages();
  const all = useSyncExternalStore(popovers.subscribe, popovers.snapshot);
  const list = useRef<HTMLElement>(null);
  usePopOverLayer(
    'gadgets',
    all.length > 0,
    useCallback(
      () =>
        [...(list.current?.querySelectorAll<HTMLElement>('.gadget-popover') ?? [])].map((box) => ({
          box,
          target: buttonOf(box),
        })),
      [],
    ),
  );
  const newest = all.at(-1);
  return (
    <section
      ref={list}
      className="gadget-popovers"
      // No landmark while there is nothing in it.
      aria-label={newest ? t('popover.heading') : undefined}
      data-react-aria-top-layer="true"
    >
      <SaidOnce newest={newest ?? null}>
        {newest ? t('popover.said', { title: titleOf(newest), text: textOf(newest) }) : ''}
      </SaidOnce>
      {all.map((popover) => (
        <PopoverBox key={popover.id} popover={popover} popovers={popovers} />
      ))}
    </section>
  );
}

/** What is asked comes before the cross. */
const buttonOf = (box: HTMLElement): HTMLElement =>
  box.querySelector<HTMLElement>('.buttons button') ?? box.querySelector('button') ?? box;

const titleOf = ({ title, gadget }: Popover): string => title || gadget.snapshot().title || gadget.entry.id;

/** As it is said: what is in it, in one line. */
const textOf = ({ rows, actionText }: Popover): string =>
  [...rows.map(({ name, value }) => `${name} ${value}`.trim()), actionText]
    .filter((part) => part !== '')
    .join(', ');

function PopoverBox({ popover, popovers }: { popover: Popover; popovers: Popovers }) {
  const { t } = useMessages();
  const titleId = useId();
  const hadFocus = useRef(false);
  const { popOvers } = useDesk();
  const [asks, setAsks] = useState<PopoverButton | null>(null);
  const { id, icon, rows, counter, isDismissible, actionText, buttons } = popover;
  const title = titleOf(popover);
  // It goes while the focus is in it: that goes on to the next one, or back to the work.
  useEffect(
    () => () => {
      if (hadFocus.current && document.activeElement === document.body)
        popOvers.leave(document.getElementById('content'));
    },
    [popOvers],
  );
  const press = (choice: PopoverChoice) => popovers.press(id, choice.id);
  return (
    <article
      className="gadget-popover"
      aria-labelledby={titleId}
      tabIndex={-1}
      onFocus={() => {
        hadFocus.current = true;
      }}
      onBlur={(event) => {
        if (event.relatedTarget !== null) hadFocus.current = false;
      }}
    >
      <header>
        <GadgetIcon icon={icon} />
        <h2 id={titleId}>
          <Typed>{title}</Typed>
        </h2>
        {counter ? <Counter counter={counter} /> : null}
        {isDismissible ? (
          <Button
            className="icon-button"
            aria-label={t('notices.dismiss', { text: title })}
            onPress={() => popovers.dismiss(id)}
          >
            <Icon name="close" />
          </Button>
        ) : null}
      </header>
      {rows.length > 0 ? (
        <dl>
          {rows.map(({ name, value }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have nothing but their place
            <div key={index}>
              <dt>
                <Typed>{name}</Typed>
              </dt>
              <dd>
                <Typed max={TEXT_MAX}>{value}</Typed>
              </dd>
            </div>
          ))}
        </dl>
      ) : null}
      {buttons.length === 0 && actionText !== '' ? (
        <p className="hint">
          <Typed max={TEXT_MAX}>{actionText}</Typed>
        </p>
      ) : null}
      {asks ? (
        <Choices
          // The focus goes on to what is asked.
          isFocused
          choices={asks.confirm}
          onChoose={press}
          onBack={() => setAsks(null)}
          label={t('popover.confirm', { action: asks.label })}
        />
      ) : (
        <Choices
          choices={buttons}
          onChoose={(choice) => {
            const button = buttons.find((each) => each.id === choice.id);
            if (button && button.confirm.length > 0) setAsks(button);
            else press(choice);
          }}
        />
      )}
    </article>
  );
}

function Choices({
  choices,
  onChoose,
  onBack,
  label,
  isFocused = false,
}: {
  choices: readonly (PopoverChoice & { readonly isAffirm?: boolean })[];
  onChoose: (choice: PopoverChoice) => void;
  onBack?: () => void;
  label?: string;
  isFocused?: boolean;
}) {
  const { t } = useMessages();
  const group = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isFocused) group.current?.querySelector('button')?.focus();
  }, [isFocused]);
  if (choices.length === 0) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
    <div className="buttons" role="group" aria-label={label} ref={group}>
      {choices.map((choice) => (
        <span key={choice.id} title={choice.hoverText || undefined}>
          <Button className={choice.isAffirm ? 'button primary' : 'button'} onPress={() => onChoose(choice)}>
            <Typed>{choice.label}</Typed>
          </Button>
        </span>
      ))}
      {onBack ? (
        <Button className="button" onPress={onBack}>
          {t('popover.back')}
        </Button>
      ) : null}
    </div>
  );
}

/** Not said: a time that is read out every second is no help. */
function Counter({ counter }: { counter: NonNullable<Popover['counter']> }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1_000);
    return () => window.clearInterval(timer);
  }, []);
  const { type, since, until } = counter;
  const ms = type === 'COUNT_DOWN' && until !== null ? until - now : now - since;
  return (
    <span className="timer" aria-hidden="true">
      {duration(Math.max(0, ms))}
    </span>
  );
}
