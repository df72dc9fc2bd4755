import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import type { Action } from '../actions/action.ts';
import { say, useMessages } from '../messages/index.tsx';
import type { DesktopController } from '../session/controller.ts';
import type { DesktopState } from '../session/store.ts';

interface Props {
  readonly label: string;
  readonly actions: readonly Action[];
  readonly state: DesktopState;
  readonly controller: DesktopController;
  readonly primary?: boolean;
}

/** A menu button made of actions; one action alone is a plain button. */
export function ActionMenu({ label, actions, state, controller, primary = false }: Props) {
  const { t } = useMessages();
  const className = primary ? 'button primary' : 'button';
  const [only] = actions;
  if (actions.length === 1 && only)
    return (
      <Button
        className={className}
        isDisabled={!only.enabled(state)}
        onPress={() => void only.run(controller)}
      >
        {say(t, only.label)}
      </Button>
    );
  const disabled = actions.filter((a) => !a.enabled(state)).map((a) => a.id);
  return (
    <MenuTrigger>
      <Button className={className} isDisabled={disabled.length === actions.length}>
        {label}
        <span aria-hidden="true">▾</span>
      </Button>
      <Popover className="popover" placement="bottom start">
        <Menu
          className="menu"
          aria-label={label}
          disabledKeys={disabled}
          onAction={(key) => void actions.find((a) => a.id === key)?.run(controller)}
        >
          {actions.map((action) => {
            const text = say(t, action.label);
            return (
              <MenuItem className="menu-item" key={action.id} id={action.id} textValue={text}>
                {action.mark ? <span className="dot" data-state={action.mark} aria-hidden="true" /> : null}
                {text}
              </MenuItem>
            );
          })}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
