/**
 * The one table of roles and ownership: every operation of REST, every kind of node, the console. Whoever
 * asks "may they?" asks this table, through `policy.ts`.
 */
import type { Role } from '../store/directory.ts';
import type { LockScope } from './accounts.ts';

/** What the target has to do with the caller. Administrators pass where the role is listed, except `own`. */
export type Ownership =
  /** The target does not matter. */
  | 'any'
  /** The caller's own object only. */
  | 'own'
  /** The own object; administrators everybody's. */
  | 'own-or-administrator'
  /** The own object; supervisors those of their teams' members; administrators everybody's. */
  | 'own-or-supervised'
  /** A team that the caller supervises; administrators every team. */
  | 'supervised-team'
  /** A team that the caller is a member or supervisor of. */
  | 'member-team';

export interface OperationRule {
  /** Null: needs no credentials. Empty: every authenticated user. */
  readonly roles: readonly Role[] | null;
  readonly ownership: Ownership;
  /** Which lock-out counts wrong passwords of this operation. */
  readonly scope: LockScope;
}

const USERS: readonly Role[] = ['Agent', 'Supervisor'];
const EVERYBODY: readonly Role[] = ['Agent', 'Supervisor', 'Administrator'];
const SUPERVISORS: readonly Role[] = ['Supervisor'];
const SUPERVISORS_AND_ADMINISTRATORS: readonly Role[] = ['Supervisor', 'Administrator'];
const ADMINISTRATORS: readonly Role[] = ['Administrator'];

const api = (roles: readonly Role[] | null, ownership: Ownership): OperationRule => ({
  roles,
  ownership,
  scope: 'api',
});
const configuration = (roles: readonly Role[] = ADMINISTRATORS): OperationRule => ({
  roles,
  ownership: 'any',
  scope: 'configuration',
});
const serviceability = (roles: readonly Role[] | null = ADMINISTRATORS): OperationRule => ({
  roles,
  ownership: 'any',
  scope: 'serviceability',
});
const node = (roles: readonly Role[], ownership: Ownership): OperationRule => ({
  roles,
  ownership,
  scope: 'xmpp',
});

export const OPERATIONS = {
  // Desktop APIs: User.
  'user.signIn': api(USERS, 'own'),
  'user.signOut': api(USERS, 'own-or-supervised'),
  'user.changeState': api(USERS, 'own-or-supervised'),
  'user.get': api(EVERYBODY, 'own-or-supervised'),
  'user.list': api(ADMINISTRATORS, 'any'),
  'user.dialogs': api(EVERYBODY, 'own-or-supervised'),
  'user.reasonCode': api(EVERYBODY, 'own-or-administrator'),
  'user.reasonCodes': api(EVERYBODY, 'own-or-administrator'),
  'user.wrapUpReason': api(EVERYBODY, 'own-or-administrator'),
  'user.wrapUpReasons': api(EVERYBODY, 'own-or-administrator'),
  'user.mediaPropertiesLayout': api(EVERYBODY, 'own-or-administrator'),
  'user.mediaPropertiesLayouts': api(EVERYBODY, 'own-or-administrator'),
  'user.phoneBooks': api(EVERYBODY, 'own-or-administrator'),
  'user.workflows': api(USERS, 'own'),
  'user.queues': api(EVERYBODY, 'any'),
  'user.clientLog': api(USERS, 'own'),
  'user.compressedClientLog': api(USERS, 'own'),
  'user.authMode': api(null, 'any'),
  'devices.forExtension': api(EVERYBODY, 'any'),

  // Dialogs: whether the caller takes part in the dialog is decided where the dialog is known.
  'dialog.get': api(EVERYBODY, 'any'),
  'dialog.makeCall': api(USERS, 'own'),
  'dialog.action': api(USERS, 'any'),
  'dialog.updateCallData': api(EVERYBODY, 'any'),
  'dialog.silentMonitor': api(SUPERVISORS, 'own'),
  'dialog.barge': api(SUPERVISORS, 'own'),

  // Queue, Team, TeamResource, TeamMessage.
  'queue.get': api([], 'any'),
  'team.get': api(SUPERVISORS_AND_ADMINISTRATORS, 'supervised-team'),
  'team.messages': api(USERS, 'member-team'),
  'teamResource.get': api(USERS, 'member-team'),
  'teamMessage.get': api(SUPERVISORS_AND_ADMINISTRATORS, 'any'),
  'teamMessage.list': api(SUPERVISORS_AND_ADMINISTRATORS, 'any'),
  // Whose teams a message addresses is decided where its body is known.
  'teamMessage.create': api(SUPERVISORS_AND_ADMINISTRATORS, 'any'),
  'teamMessage.delete': api(SUPERVISORS_AND_ADMINISTRATORS, 'any'),

  // Task routing.
  'media.get': api(EVERYBODY, 'own-or-administrator'),
  'media.signIn': api(USERS, 'own'),
  'media.changeState': api(USERS, 'own-or-supervised'),
  'mediaDomain.list': api(EVERYBODY, 'any'),
  'scriptSelectors.list': api(USERS, 'any'),

  // Configuration APIs.
  'systemConfig.read': configuration(),
  'systemConfig.write': configuration(),
  'clusterConfig.read': configuration(),
  'clusterConfig.write': configuration(),
  'enterpriseDatabaseConfig.read': configuration(),
  'enterpriseDatabaseConfig.write': configuration(),
  'layoutConfig.read': configuration(),
  'layoutConfig.write': configuration(),
  'configInfo.read': configuration(),
  'eccVariableConfig.read': configuration(EVERYBODY),
  'chatConfig.read': configuration(),
  'chatConfig.write': configuration(),
  'cloudConnect.read': configuration(),
  'cloudConnect.write': configuration(),
  'systemVariable.read': configuration(),
  'reasonCode.read': configuration(['Agent', 'Administrator']),
  'reasonCode.lookup': configuration(EVERYBODY),
  'reasonCode.list': configuration(),
  'reasonCode.write': configuration(),
  'wrapUpReason.read': configuration(),
  'wrapUpReason.write': configuration(),
  'mediaPropertiesLayout.read': configuration(),
  'mediaPropertiesLayout.write': configuration(),
  'phoneBook.read': configuration(),
  'phoneBook.write': configuration(),
  'contact.read': configuration(),
  'contact.write': configuration(),
  'workflow.read': configuration(),
  'workflow.write': configuration(),
  'workflowAction.read': configuration(),
  'workflowAction.write': configuration(),
  'team.list': configuration(),
  'team.assignments.read': configuration(),
  'team.assignments.write': configuration(),

  // The configuration API of our own, and the record of what was changed.
  'configuration.read': configuration(),
  'configuration.write': configuration(),
  'audit.read': configuration(),
  'certificate.read': configuration(),
  'certificate.write': configuration(),
  'gadgetFiles.read': configuration(),
  'gadgetFiles.write': configuration(),
  'logs.read': configuration(),
  'logs.write': configuration(),
  'logCases.use': configuration(),
  'shell.use': configuration(),

  // What the desktop page draws.
  'desktop.layout': api(USERS, 'any'),

  // Records of sign-outs that agents did not ask for.
  'signOuts.read': api(SUPERVISORS_AND_ADMINISTRATORS, 'own-or-supervised'),

  // What was done for a request, and what led to an agent's state.
  'trace.read': api(SUPERVISORS_AND_ADMINISTRATORS, 'own-or-supervised'),
  'trace.tell': api(USERS, 'any'),

  // Calls and states of an agent's shift.
  'history.read': api(EVERYBODY, 'own-or-supervised'),

  // The simulated telephony of the embedded contact centre.
  'simulation.use': configuration(),

  // Serviceability.
  'systemInfo.get': serviceability(null),
  'maintenanceMode.read': serviceability(),
  'maintenanceMode.write': serviceability(),
  'connectedUsersInfo.get': serviceability(),
  'runtimeConfigInfo.get': serviceability(),
  'lockedOutUsers.get': serviceability(),
  'performance.read': serviceability(),
  'diagnosticPortal.read': serviceability(),
  'logCollection.start': serviceability(),

  // Nodes of the notification service (subscribing, reading the last item, seeing them listed).
  'node.subscribe:User': node(USERS, 'own'),
  'node.subscribe:Dialogs': node(USERS, 'own'),
  'node.subscribe:Media': node(USERS, 'own'),
  'node.subscribe:DialogsMedia': node(USERS, 'own'),
  'node.subscribe:ClientLog': node(USERS, 'own'),
  'node.subscribe:Queues': node(USERS, 'own'),
  'node.subscribe:UserQueue': node(USERS, 'own'),
  // Which users have the queue is decided in `node-policy.ts`.
  'node.subscribe:Queue': node(EVERYBODY, 'any'),
  'node.subscribe:TeamUsers': node(SUPERVISORS_AND_ADMINISTRATORS, 'supervised-team'),
  'node.subscribe:TeamMessages': node(USERS, 'member-team'),
  'node.subscribe:SystemInfo': node([], 'any'),
  // It says which lists were changed, not what is in them.
  'node.subscribe:Configuration': node([], 'any'),

  // Administration console.
  'console.signIn': { roles: ADMINISTRATORS, ownership: 'any', scope: 'console' },
  'console.connected': { roles: ADMINISTRATORS, ownership: 'any', scope: 'configuration' },
  'console.nodes': { roles: ADMINISTRATORS, ownership: 'any', scope: 'configuration' },
  'console.maintenance': { roles: ADMINISTRATORS, ownership: 'any', scope: 'configuration' },
  'console.signOut': { roles: ADMINISTRATORS, ownership: 'any', scope: 'configuration' },
  'console.use': { roles: ADMINISTRATORS, ownership: 'any', scope: 'console' },
} as const satisfies Record<string, OperationRule>;

export type Operation = keyof typeof OPERATIONS;
