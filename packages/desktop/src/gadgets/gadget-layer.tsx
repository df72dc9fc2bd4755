/** What gadgets put over the desktop: pop-overs that call for an answer, and certificates that wait to be accepted. */
import type { CertificateBanner, CertificateBanners } from '@poise/gadgets';
import { lazy, useCallback, useState, useSyncExternalStore } from 'react';
import { Button } from 'react-aria-components';
import { useCommand } from '../desk/desk-context.tsx';
import { useMessages } from '../messages/index.tsx';
import { Phrase } from '../messages/phrase.tsx';
import { Icon } from '../parts/icon.tsx';
import { Part } from '../parts/part.tsx';
import type { DeveloperLog } from './developer-log.ts';
import type { GadgetDesk } from './gadget-desk.ts';
import { PopoverList } from './popover-list.tsx';

const DeveloperPanel = lazy(() => import('./developer-panel.tsx'));

export default function GadgetLayer({ desk }: { desk: GadgetDesk }) {
  const { popovers, certificates } = desk.services;
  return (
    <>
      <div className="gadget-corner" data-react-aria-top-layer="true">
        <div className="gadget-banners">
          <HeldGadgets desk={desk} />
          <Certificates certificates={certificates} />
        </div>
        <PopoverList popovers={popovers} />
      </div>
      {desk.developer ? <Developers desk={desk} log={desk.developer} /> : null}
    </>
  );
}

/** The panel, while it is open. */
function Developers({ desk, log }: { desk: GadgetDesk; log: DeveloperLog }) {
  const [isOpen, setOpen] = useState(false);
  useCommand(
    'developer-panel',
    useCallback(() => setOpen((now) => !now), []),
  );
  return isOpen ? (
    <Part>
      <DeveloperPanel desk={desk} log={log} onClose={() => setOpen(false)} />
    </Part>
  ) : null;
}

/** A gadget that kept the page before from answering: it is loaded when somebody wants it. */
function HeldGadgets({ desk }: { desk: GadgetDesk }) {
  const { t } = useMessages();
  const { watch } = desk;
  const gadget = useSyncExternalStore(watch.subscribe, watch.asked);
  const title = gadget === null ? '' : gadget.snapshot().title || gadget.entry.id;
  return (
    <div role="alert">
      {gadget === null ? null : (
        <div className="notice error ask held-gadget">
          <p>
            <Phrase sentence={{ key: 'watchdog.asks', values: { gadget: title } }} />
          </p>
          <div className="buttons">
            <Button className="button primary" onPress={() => watch.doWithout(gadget)}>
              {t('watchdog.without')}
            </Button>
            <Button className="button" onPress={() => watch.load(gadget)}>
              {t('watchdog.load')}
            </Button>
          </div>
        </div>
      )}
    </div>
  );
}

function Certificates({ certificates }: { certificates: CertificateBanners }) {
  const { t } = useMessages();
  const all = useSyncExternalStore(certificates.subscribe, certificates.snapshot);
  return (
    <div role="status">
      {all.map((banner) => (
        <div className="notice with-button" key={banner.id}>
          <span>
            <Phrase sentence={{ key: 'gadget.certificate', values: { gadget: nameOf(banner) } }} />
          </span>
          <Button
            className="icon-button"
            aria-label={t('gadget.certificate.close', { gadget: nameOf(banner) })}
            onPress={() => certificates.close(banner.id)}
          >
            <Icon name="close" />
          </Button>
        </div>
      ))}
    </div>
  );
}

const nameOf = ({ gadget }: CertificateBanner): string => gadget.snapshot().title || gadget.entry.id;
