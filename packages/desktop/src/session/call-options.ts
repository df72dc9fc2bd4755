/** What the layout and the server decide about calls on the page (desktop.md 17). */
import type { DesktopProperties } from '@poise/layout';

export type CallOptions = Pick<
  DesktopProperties,
  | 'forceWrapUp'
  | 'showWrapUpTimer'
  | 'wrapUpCountDown'
  | 'enableWrapupButtonForAllCallTypes'
  | 'pendingDTMFThresholdCount'
  | 'dtmfRequestTimeoutInMs'
  | 'dropParticipant'
>;

/** Hold until the server has told its own. */
export const DEFAULT_CALL_OPTIONS: CallOptions = {
  forceWrapUp: true,
  showWrapUpTimer: true,
  wrapUpCountDown: true,
  enableWrapupButtonForAllCallTypes: false,
  pendingDTMFThresholdCount: 20,
  dtmfRequestTimeoutInMs: 5_000,
  dropParticipant: 'agents',
};
