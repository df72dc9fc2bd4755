import { type ReactNode, useId } from 'react';
import { MenuItem } from 'react-aria-components';

/**
 * An entry of a menu. One that is blocked stays in reach of the arrows: a screen reader says that it is disabled, and why; taking it
 * does nothing and leaves the menu open.
 */
export function MenuEntry({
  id,
  label,
  why = null,
  isBlocked = why !== null,
  children,
}: {
  id: string;
  /** Its name: what typing finds. */
  label: string;
  /** Shown at the foot of the menu while the entry has the focus; null: nothing to say. */
  why?: ReactNode;
  isBlocked?: boolean;
  children: ReactNode;
}) {
  const whyId = useId();
  const blocked = isBlocked
    ? ({
        'data-blocked': '',
        ...(why !== null && { 'aria-describedby': whyId }),
        shouldCloseOnSelect: false,
        render: (props: object) => <div {...props} aria-disabled="true" />,
      } as const)
    : {};
  return (
    <MenuItem className="menu-item" id={id} textValue={label} {...blocked}>
      {children}
      {isBlocked && why !== null ? (
        // Its description, and no part of its name.
        <span className="why" id={whyId} aria-hidden="true">
          {why}
        </span>
      ) : null}
    </MenuItem>
  );
}
