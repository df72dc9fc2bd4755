export {
  type CertificateBanner,
  CertificateBanners,
} from './container/certificate-banners.ts';
export {
  ALL_NOT_READY,
  ALL_READY,
  type Channel,
  type ChannelColour,
  Channels,
} from './container/channels.ts';
export { type ContainerHost, GadgetContainer, type GadgetNote } from './container/container.ts';
export { Gadget, type GadgetEntry, type GadgetState } from './container/gadget.ts';
export {
  absolute,
  type GadgetUrlParts,
  gadgetFrameUrl,
  layoutParameter,
  onHost,
  type PreferenceFacts,
  preferencesOf,
} from './container/gadget-url.ts';
export type { NodeService } from './container/node-subscriptions.ts';
export {
  type Popover,
  type PopoverButton,
  type PopoverChoice,
  type PopoverCounter,
  Popovers,
} from './container/popovers.ts';
export { isId, isObject, isToken, serve, textOf } from './container/service-request.ts';
export { SharedReads } from './container/shared-reads.ts';
export { TOPIC, topicOf } from './container/topics.ts';
export { type DialogOptions, type WindowServices, windowGlobals } from './container/window-globals.ts';
export type { XmlNode } from './container/xml-object.ts';
export { RUN_MARKS, type RunMarks } from './frame/run-marks.ts';
export { SHARED_READS } from './frame/shared-read.ts';
export { NODE_OF_PAGE } from './frame/sync-requests.ts';
export type { HubClock } from './hub/clock.ts';
export { HUB_ERROR, HubError, type HubErrorCode } from './hub/error.ts';
export type { Flood } from './hub/flood-gate.ts';
export { ManagedHub } from './hub/managed-hub.ts';
