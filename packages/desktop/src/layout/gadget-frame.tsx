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
  titleId,
  isMaximised,
  isCovered = false,
  isSlim = false,
  hasTabs = false,
  onMaximise,
  isCollapsed: isAskedToCollapse,
  onCollapse,
  handle,
  tools,
  children,
}: {
  placement: Placement;
  title: string;
  /** DOM id of the title. Default: one of its own. */
  titleId?: string;
  isMaximised?: boolean | undefined;
  /** Another entry fills the tab. */
  isCovered?: boolean;
  /** Without its head: another entry fills the tab, and calls are what is shown of this one. */
  isSlim?: boolean;
  /** Tabs that name what is in it stand in the place of its title. */
  hasTabs?: boolean;
  onMaximise?: (maximise: boolean) => void;
  /** Default: the box knows itself. */
  isCollapsed?: boolean;
  onCollapse?: (isCollapsed: boolean) => void;
  /** More buttons of its head. */
  tools?: ReactNode;
  /** Moves and resizes the box. */
  handle?: BoxHandle | undefined;
  children: ReactNode;
}) {
  const { t } = useMessages();
  const ownId = useId();
  const headingId = titleId ?? ownId;
  const bodyId = useId();
  const [isCollapsedHere, collapseHere] = useState(false);
  const isCollapsed = isAskedToCollapse ?? isCollapsedHere;
  const setCollapsed = onCollapse ?? collapseHere;
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
      hidden={isCovered}
      aria-labelledby={headingId}
      data-maximised={isMaximised ? '' : undefined}
      data-slim={isSlim ? '' : undefined}
      data-tabs={hasTabs && !isCollapsed ? '' : undefined}
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
            aria-label={t('arrange.handle', { title })}
            aria-disabled={handle.isBlocked}
            title={t(handle.isBlocked ? 'arrange.blocked' : 'arrange.hint')}
            draggable={!handle.isBlocked}
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
        {tools}
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
