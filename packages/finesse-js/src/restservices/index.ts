/** `finesse.restservices`: the objects of the REST API. */
export {
  LayoutConfig,
  TeamLayoutConfig,
  TeamNotReadyReasonCodes,
  TeamPhoneBooks,
  TeamSignOutReasonCodes,
  TeamWorkflows,
  TeamWrapUpReasons,
} from './administration.ts';
export { ClientLog } from './client-log.ts';
export { type CallVariable, Dialog, type Participant } from './dialog.ts';
export { Dialogs } from './dialogs.ts';
export type { RequestHandlers, RestResponse } from './handlers.ts';
export { Media, type MediaOptions } from './media.ts';
export { DialogLogoutActions, InterruptActions } from './media-actions.ts';
export { MediaDialog, MediaDialogs } from './media-dialogs.ts';
export { MediaList } from './media-list.ts';
export {
  type LayoutData,
  type LayoutEntry,
  MediaPropertiesLayout,
  MediaPropertiesLayouts,
} from './media-properties-layout.ts';
export { Contact, Contacts, PhoneBook, PhoneBooks } from './phone-books.ts';
export { Queue, Queues } from './queue.ts';
export {
  NotReadyReasonCodes,
  ReasonCode,
  ReasonCodes,
  SignOutReasonCodes,
  WrapUpReason,
  WrapUpReasons,
} from './reasons.ts';
export {
  RestBase,
  type RestData,
  type RestHandler,
  type RestHandlers,
  type RestNotifier,
  type RestOptions,
  type RestUpdate,
} from './rest-base.ts';
export { RestCollectionBase, type RestCollectionOptions } from './rest-collection-base.ts';
export type { RestRequestOptions } from './rest-request.ts';
export { SystemInfo } from './system-info.ts';
export { Team, Teams, Users } from './team.ts';
export { TeamMessage, TeamMessages } from './team-messages.ts';
export {
  type LoginParams,
  type ReasonCodeLabel,
  type ReasonCodesHandlers,
  type SupervisedTeam,
  User,
} from './user.ts';
export { Workflow, WorkflowAction, WorkflowActions, Workflows } from './workflows.ts';
