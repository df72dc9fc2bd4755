import { ownFrame, queryString } from './gadgets.ts';

/** `mid` of the frame's URL (gadgets.md H4); empty outside a gadget. */
export const ownGadgetId = (): string => new URLSearchParams(queryString()).get('mid') ?? '';

/** The tab whose panel holds this frame (gadgets.md H2); undefined where there is none, as in the header. */
export const ownTabId = (): string | undefined =>
  ownFrame()
    ?.closest('div.tab-panel')
    ?.id.replace(/^panel_/, '') || undefined;

/** Whether the frame stands inside a Multi-Tab gadget. */
export const inMultiTab = (): boolean => Boolean(ownFrame()?.closest('[data-tabbed-gadget]'));
