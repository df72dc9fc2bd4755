import { lazy } from 'react';
import { useGadgetDesk } from '../gadgets/open-desk.ts';
import { Part } from '../parts/part.tsx';

const ChannelMenu = lazy(() => import('../gadgets/channel-menu.tsx'));

/** The state control of the channels that gadgets add (desktop.md D35); nothing where there is no gadget. */
export function DigitalChannels() {
  const desk = useGadgetDesk();
  return desk === null ? null : (
    <Part>
      <ChannelMenu channels={desk.services.channels} />
    </Part>
  );
}
