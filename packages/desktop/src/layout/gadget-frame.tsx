import { type ReactNode, useCallback, useId, useState } from 'react';
import { Button } from 'react-aria-components';
import { useCommand } from '../desk/desk-context.tsx';
import { useMessages } from '../messages/index.tsx';
import { Typed } from '../messages/typed.tsx';
import { Icon } from '../parts/icon.tsx';
import type { BoxHandle } from './arranged-tab.tsx';
import type { Placement } from './component.ts';

/**
 * The box around one entry of the layout: title, collapsing, and filling the tab (desktop.md D92).
 * @param isMaximised whether it fills its tab now; undefined: it cannot
 */
export function GadgetFrame({
  placement,
  title,
  isMaximised,
  onMaximise,
  handle,
  children,
}: {
  placement: Placement;
  title: string;
  isMaximised?: boolean | undefined;
  onMaximise?: (maximise: boolean) => void;
  /** Moves and resizes the box. */
  handle?: BoxHandle | undefined;
  children: ReactNode;
}) {
  const { t } = useMessages();
  const headingId = useId();
  const bodyId = useId();
  const [isCollapsed, setCollapsed] = useState(false);
  const [hasFocus, setFocus] = useState(false);
  // The shortcut means the frame that has the focus.
  useCommand(
    isMaximised !== undefined && (hasFocus || isMaximised) ? 'maximise' : null,
    useCallback(() => onMaximise?.(!isMaximised), [onMaximise, isMaximised]),
  );
  return (
    <section
      className="gadget"
      id={placement.id}
      aria-labelledby={headingId}
      data-maximised={isMaximised ? '' : undefined}
      onFocus={() => setFocus(true)}
      onBlur={() => setFocus(false)}
    >
      <header className="gadget-head">
        <h2 id={headingId} tabIndex={-1}>
          <Typed>{title}</Typed>
        </h2>
        {handle ? (
          <button
            type="button"
            className="icon-button handle"
            aria-label={handle.label}
            title={t('arrange.hint')}
            draggable
            onDragStart={(event) => {
              event.dataTransfer.effectAllowed = 'move';
              event.dataTransfer.setData('text/plain', placement.id);
              handle.onDragStart();
            }}
            onDragEnd={handle.onDragEnd}
            onKeyDown={(event) => {
              if (
                !event.ctrlKey &&
                !event.altKey &&
                !event.metaKey &&
                handle.onKey(event.key, event.shiftKey)
              )
                event.preventDefault();
            }}
          >
            <Icon name="move" />
          </button>
        ) : null}
        {isMaximised === undefined ? null : (
          <Button
            className="icon-button"
            aria-label={t(isMaximised ? 'gadget.restore' : 'gadget.maximise', { title })}
            onPress={() => onMaximise?.(!isMaximised)}
          >
            <Icon name={isMaximised ? 'restore' : 'maximise'} />
          </Button>
        )}
        <Button
          className="icon-button"
          aria-label={t(isCollapsed ? 'gadget.expand' : 'gadget.collapse', { title })}
          aria-expanded={!isCollapsed}
          aria-controls={bodyId}
          onPress={() => setCollapsed(!isCollapsed)}
        >
          <Icon name={isCollapsed ? 'chevronEnd' : 'chevronDown'} />
        </Button>
      </header>
      <div className="gadget-body" id={bodyId} hidden={isCollapsed}>
        {children}
      </div>
    </section>
  );
}
