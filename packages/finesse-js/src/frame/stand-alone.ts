import { type GadgetsHub, gadgetsIfAny } from './gadgets.ts';
import { ownGadgetId } from './own-gadget.ts';
import { pageHub } from './page-hub.ts';

/** Whether this page is no gadget: nobody but the page itself can get its events and send its requests. */
export const standsAlone = (): boolean => gadgetsIfAny()?.Hub === undefined && ownGadgetId() === '';

/** The hub of the frame, or of a page that stands alone; undefined in a gadget whose hub has not come yet. */
export const hubIfAny = (): GadgetsHub | undefined =>
  gadgetsIfAny()?.Hub ?? (standsAlone() ? pageHub : undefined);
