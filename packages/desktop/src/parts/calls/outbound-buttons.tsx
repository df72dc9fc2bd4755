import type { Dialog } from '@poise/client';
import { useCallback, useState } from 'react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import {
  ACCEPT,
  DECLINES,
  type OutboundAction,
  RECLASSIFY,
  SCHEDULE,
} from '../../actions/outbound-action.ts';
import { useCommand } from '../../desk/desk-context.tsx';
import { en } from '../../messages/catalogue.ts';
import { type MessageKey, useMessages } from '../../messages/index.tsx';
import { Phrase } from '../../messages/phrase.tsx';
import { allows } from '../../session/calls.ts';
import type { DesktopController } from '../../session/controller.ts';
import { CLASSIFICATIONS, classificationLabel, variableOf } from '../../session/outbound.ts';
import type { DesktopState } from '../../session/store.ts';
import { Icon } from '../icon.tsx';
import { useMenu } from '../use-menu.ts';
import { CallbackDialog } from './callback-dialog.tsx';

export interface OutboundButtonsProps {
  readonly dialog: Dialog;
  readonly state: DesktopState;
  readonly extension: string;
  readonly controller: DesktopController;
  readonly titleId: string;
}

/** What can be done with a contact of a campaign, in a line of its own below the buttons of the call. */
export default function OutboundButtons(props: OutboundButtonsProps) {
  const { dialog, state, extension, controller, titleId } = props;
  const { t } = useMessages();
  const [isScheduling, setScheduling] = useState(false);
  const isBlocked = state.link !== 'up' || state.calls.busy.has(dialog.id);
  const has = ({ verb }: OutboundAction) => allows(dialog, extension, verb);
  const run = useCallback(
    (action: OutboundAction, text = '') => void action.run(controller, dialog, text),
    [controller, dialog],
  );
  const declines = DECLINES.filter(has);
  useCommand(
    has(ACCEPT) && !isBlocked ? ACCEPT.command : null,
    useCallback(() => run(ACCEPT), [run]),
  );
  useCommand(
    has(SCHEDULE) && !isBlocked ? SCHEDULE.command : null,
    useCallback(() => setScheduling(true), []),
  );
  const campaign = variableOf(dialog, 'BACampaign');
  const account = variableOf(dialog, 'BAAccountNumber');
  const said = dialog.mediaProperties.outboundClassification || CLASSIFICATIONS[0];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset stands for fields
    <div className="outbound-buttons" role="group" aria-labelledby={titleId}>
      {has(ACCEPT) ? (
        <Button
          className="button primary"
          aria-disabled={isBlocked}
          onPress={() => {
            if (!isBlocked) run(ACCEPT);
          }}
        >
          {t(ACCEPT.label)}
        </Button>
      ) : null}
      {declines.length > 0 ? (
        <MenuTrigger>
          <Button className="button" aria-disabled={isBlocked}>
            {t('outbound.decline')}
            <Icon name="chevronDown" />
          </Button>
          <Popover className="popover" placement="bottom start">
            <Menu
              className="menu"
              aria-label={t('outbound.decline')}
              onAction={(verb) => {
                const action = declines.find((each) => each.verb === verb);
                if (action && !isBlocked) run(action);
              }}
            >
              {declines.map(({ verb, label }) => (
                <MenuItem className="menu-item" key={verb} id={verb} textValue={t(label)}>
                  {t(label)}
                </MenuItem>
              ))}
            </Menu>
          </Popover>
          {declines.map((action) => (
            <DeclineCommand key={action.verb} action={action} isBlocked={isBlocked} run={run} />
          ))}
        </MenuTrigger>
      ) : null}
      {has(RECLASSIFY) ? (
        <Reclassify said={said} isBlocked={isBlocked} onChoose={(word) => run(RECLASSIFY, word)} />
      ) : null}
      {has(SCHEDULE) ? (
        <Button
          className="button"
          aria-disabled={isBlocked}
          aria-haspopup="dialog"
          onPress={() => setScheduling(true)}
        >
          {t(SCHEDULE.label)}
        </Button>
      ) : null}
      {isScheduling && has(SCHEDULE) ? (
        <CallbackDialog {...props} isBlocked={isBlocked} onClose={() => setScheduling(false)} />
      ) : null}
      <p className="outbound-contact">
        <span>
          {campaign ? <Phrase sentence={{ key: 'outbound.campaign', values: { campaign } }} /> : null}
          {campaign && account ? ' · ' : null}
          {account ? <Phrase sentence={{ key: 'outbound.account', values: { account } }} /> : null}
        </span>
        {said === CLASSIFICATIONS[0] ? null : (
          <span className="tag">
            {Object.hasOwn(en, `outbound.class.${said}`) ? t(`outbound.class.${said}` as MessageKey) : said}
          </span>
        )}
      </p>
    </div>
  );
}

/** Lets a shortcut decline without the menu. */
function DeclineCommand({
  action,
  isBlocked,
  run,
}: {
  action: OutboundAction;
  isBlocked: boolean;
  run: (action: OutboundAction) => void;
}) {
  useCommand(
    isBlocked ? null : action.command,
    useCallback(() => run(action), [run, action]),
  );
  return null;
}

/** What answered: may be said as often as the agent likes, also in wrap-up. */
function Reclassify({
  said,
  isBlocked,
  onChoose,
}: {
  said: string;
  isBlocked: boolean;
  onChoose: (word: string) => void;
}) {
  const { t } = useMessages();
  const { trigger, menu } = useMenu(RECLASSIFY.command, isBlocked);
  return (
    <MenuTrigger {...trigger}>
      <Button className="button" aria-disabled={isBlocked}>
        {t(RECLASSIFY.label)}
        <Icon name="chevronDown" />
      </Button>
      <Popover className="popover" placement="bottom start">
        <Menu
          className="menu"
          aria-label={t(RECLASSIFY.label)}
          {...menu}
          selectionMode="single"
          selectedKeys={[said]}
          onAction={(word) => onChoose(String(word))}
        >
          {CLASSIFICATIONS.map((word) => (
            <MenuItem className="menu-item" key={word} id={word} textValue={t(classificationLabel(word))}>
              <span className="text">{t(classificationLabel(word))}</span>
              {word === said ? (
                <span className="check" aria-hidden="true">
                  ✓
                </span>
              ) : null}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
