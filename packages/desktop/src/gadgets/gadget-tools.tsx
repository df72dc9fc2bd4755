/** What stands in the head of a gadget's box: what went wrong in it, and loading it again. */
import type { Gadget } from '@poise/gadgets';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { useMessages } from '../messages/index.tsx';
import { Icon } from '../parts/icon.tsx';
import type { GadgetDesk } from './gadget-desk.ts';

export function GadgetTools({
  desk,
  gadget,
  errors,
  title,
}: {
  desk: GadgetDesk;
  gadget: Gadget;
  /** What went wrong in it, the latest first. */
  errors: readonly string[];
  title: string;
}) {
  const { t } = useMessages();
  return (
    <>
      {errors.length > 0 ? (
        <DialogTrigger>
          <Button
            className="icon-button gadget-errors"
            aria-label={t('gadget.errors', { title, count: String(errors.length) })}
          >
            <Icon name="alert" />
          </Button>
          <Popover className="popover wide" placement="bottom end">
            <Dialog className="identity" aria-label={t('gadget.errors.heading')}>
              <h3>{t('gadget.errors.heading')}</h3>
              <ul className="gadget-error-list">
                {errors.map((error, index) => (
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
