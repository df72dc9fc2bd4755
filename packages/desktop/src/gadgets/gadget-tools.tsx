/** What stands in the head of a gadget's box: what went wrong in it, and loading it again. */
import type { Gadget, GadgetState } from '@poise/gadgets';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { useMessages } from '../messages/index.tsx';
import { Icon } from '../parts/icon.tsx';
import type { GadgetDesk } from './gadget-desk.ts';

export function GadgetTools({
  desk,
  gadget,
  state,
  title,
}: {
  desk: GadgetDesk;
  gadget: Gadget;
  state: GadgetState;
  title: string;
}) {
  const { t } = useMessages();
  return (
    <>
      {state.errors.length > 0 ? (
        <DialogTrigger>
          <Button
            className="icon-button gadget-errors"
            aria-label={t('gadget.errors', { title, count: String(state.errors.length) })}
          >
            <Icon name="alert" />
          </Button>
          <Popover className="popover wide" placement="bottom end">
            <Dialog className="identity" aria-label={t('gadget.errors.heading')}>
              <h3>{t('gadget.errors.heading')}</h3>
              <ul className="gadget-error-list">
                {state.errors.map((error, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: lines have nothing but their place
                  <li key={index}>{error}</li>
                ))}
              </ul>
            </Dialog>
          </Popover>
        </DialogTrigger>
      ) : null}
      <Button
        className="icon-button"
        aria-label={t('gadget.reload', { title })}
        onPress={() => {
          desk.watch.load(gadget);
          desk.container.reload(gadget);
        }}
      >
        <Icon name="reload" />
      </Button>
    </>
  );
}
