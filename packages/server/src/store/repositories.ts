/** All repositories over one connection or transaction. */
import { AuditRepository } from './audit-repository.ts';
import { CredentialRepository } from './credential-repository.ts';
import { FactRepository } from './fact-repository.ts';
import { DesktopLayoutRepository, MediaPropertiesLayoutRepository } from './layout-repository.ts';
import { PhoneBookRepository } from './phone-book-repository.ts';
import { PresenceRepository } from './presence-repository.ts';
import { DeviceRepository, DialledNumberRepository, SkillGroupRepository } from './queue-repository.ts';
import { ReasonCodeRepository, WrapUpReasonRepository } from './reason-repository.ts';
import type { RepositoryContext, Section } from './repository.ts';
import { SettingRepository } from './setting-repository.ts';
import { ShiftRepository } from './shift-repository.ts';
import { SignOfLifeRepository } from './sign-of-life-repository.ts';
import { SignOutRepository } from './sign-out-repository.ts';
import type { DirectoryData } from './snapshot.ts';
import { SubscriptionRepository } from './subscription-repository.ts';
import { TeamMessageRepository } from './team-message-repository.ts';
import { TeamRepository } from './team-repository.ts';
import { UserRepository } from './user-repository.ts';
import { WorkflowActionRepository, WorkflowRepository } from './workflow-repository.ts';

export interface Repositories {
  readonly users: UserRepository;
  readonly credentials: CredentialRepository;
  readonly teams: TeamRepository;
  readonly reasonCodes: ReasonCodeRepository;
  readonly wrapUpReasons: WrapUpReasonRepository;
  readonly phoneBooks: PhoneBookRepository;
  readonly skillGroups: SkillGroupRepository;
  readonly dialledNumbers: DialledNumberRepository;
  readonly devices: DeviceRepository;
  readonly facts: FactRepository;
  readonly teamMessages: TeamMessageRepository;
  readonly subscriptions: SubscriptionRepository;
  readonly presences: PresenceRepository;
  readonly signsOfLife: SignOfLifeRepository;
  readonly signOuts: SignOutRepository;
  readonly desktopLayouts: DesktopLayoutRepository;
  readonly mediaPropertiesLayouts: MediaPropertiesLayoutRepository;
  readonly shifts: ShiftRepository;
  readonly workflows: WorkflowRepository;
  readonly workflowActions: WorkflowActionRepository;
  readonly audit: AuditRepository;
  readonly settings: SettingRepository;
}

export function repositoriesOver(context: RepositoryContext): Repositories {
  return {
    users: new UserRepository(context),
    credentials: new CredentialRepository(context),
    teams: new TeamRepository(context),
    reasonCodes: new ReasonCodeRepository(context),
    wrapUpReasons: new WrapUpReasonRepository(context),
    phoneBooks: new PhoneBookRepository(context),
    skillGroups: new SkillGroupRepository(context),
    dialledNumbers: new DialledNumberRepository(context),
    devices: new DeviceRepository(context),
    facts: new FactRepository(context),
    teamMessages: new TeamMessageRepository(context),
    subscriptions: new SubscriptionRepository(context),
    presences: new PresenceRepository(context),
    signsOfLife: new SignOfLifeRepository(context),
    signOuts: new SignOutRepository(context),
    desktopLayouts: new DesktopLayoutRepository(context),
    mediaPropertiesLayouts: new MediaPropertiesLayoutRepository(context),
    shifts: new ShiftRepository(context),
    workflows: new WorkflowRepository(context),
    workflowActions: new WorkflowActionRepository(context),
    audit: new AuditRepository(context),
    settings: new SettingRepository(context),
  };
}

export const SECTIONS: readonly Section[] = [
  'users',
  'teams',
  'reasonCodes',
  'wrapUpReasons',
  'phoneBooks',
  'skillGroups',
  'dialledNumbers',
  'devices',
  'desktopLayouts',
  'mediaPropertiesLayouts',
  'workflows',
  'workflowActions',
  'settings',
];

/** Reads the sections asked for and takes the others from `known`. */
export async function loadData(
  repositories: Repositories,
  sections: Iterable<Section>,
  known: DirectoryData,
): Promise<DirectoryData> {
  const loaded: Partial<Record<Section, unknown>> = {};
  for (const section of sections) loaded[section] = await repositories[section].all();
  return { ...known, ...(loaded as Partial<DirectoryData>) };
}
