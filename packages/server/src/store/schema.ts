/** Tables as Kysely sees them. Only what SQLite and PostgreSQL both know: integers, text, flags as 0 and 1. */
import type { Generated } from 'kysely';

export interface TeamTable {
  id: Generated<number>;
  name: string;
  wrap_up_incoming: string;
  wrap_up_outgoing: string;
  wrap_up_timer_seconds: number;
}

export interface SkillGroupTable {
  number: number;
  id: number;
  name: string;
}

export interface DialledNumberTable {
  number: string;
  skill_group_number: number;
  priority: number;
}

export interface DeviceTable {
  extension: string;
  position: Generated<number>;
}

export interface UserTable {
  id: Generated<number>;
  login_id: string;
  login_id_folded: string;
  login_name: string;
  login_name_folded: string;
  first_name: string;
  last_name: string;
  team_id: number | null;
  skill_target_id: number;
}

export interface UserRoleTable {
  user_id: number;
  role: string;
}

export interface UserTeamTable {
  user_id: number;
  team_id: number;
}

export interface UserSkillGroupTable {
  user_id: number;
  skill_group_number: number;
}

/** Keys in base64; never a password. */
export interface CredentialTable {
  user_id: number;
  salt: string;
  iterations: number;
  sha1_stored_key: string;
  sha1_server_key: string;
  sha256_stored_key: string;
  sha256_server_key: string;
  set_by_hand: number;
  changed_at_ms: number;
}

export interface ReasonCodeTable {
  id: Generated<number>;
  category: string;
  code: number;
  label: string;
  for_all: number;
  system_code: number;
}

export interface WrapUpReasonTable {
  id: Generated<number>;
  label: string;
  for_all: number;
}

export interface PhoneBookTable {
  id: Generated<number>;
  name: string;
  type: string;
}

export interface ContactTable {
  id: Generated<number>;
  phone_book_id: number;
  first_name: string;
  last_name: string;
  phone_number: string;
  description: string;
}

/** Small facts about the data itself. */
export interface FactTable {
  name: string;
  value: string;
}

/** Teams as a JSON list of ids: they are read with the message and never searched. */
export interface TeamMessageTable {
  id: string;
  creator_login_id: string;
  creator_first_name: string;
  creator_last_name: string;
  created_at_ms: number;
  duration_seconds: number;
  content: string;
  team_ids: string;
}

/** Explicit subscription of a bare JID. Users may live beside the store, so nothing refers to them. */
export interface SubscriptionTable {
  /** Folded. */
  login_id: string;
  node: string;
  subid: string;
}

/** A sign-out that the agent did not ask for. Users may live beside the store, so nothing refers to them. */
export interface SignOutTable {
  /** That wrote it; empty: claimed by none yet. */
  node: Generated<string>;
  /** Given by the node, in order. */
  id: number;
  at_ms: number;
  /** Folded. */
  login_id: string;
  /** JSON: read as a whole, never searched. */
  record: string;
}

/** A user whom the presence watch knows. */
export interface PresenceTable {
  /** That watches; empty: claimed by none yet. */
  node: Generated<string>;
  /** As in the directory. */
  login_id: string;
  /** JSON. */
  watched: string;
}

/** Of a team; row 0 is the default layout. Teams may live beside the store, so nothing refers to them. */
export interface DesktopLayoutTable {
  team_id: number;
  /** The document as it was saved. */
  xml: string;
  use_default: number;
}

/** A layout of call variables. */
export interface MediaPropertiesLayoutTable {
  id: Generated<number>;
  name: string;
  description: string;
  /** 1 for exactly one. */
  is_default: number;
  /** JSON: read as a whole, never searched. */
  entries: string;
}

/** What goes on of an agent's shift. */
export interface ShiftTable {
  /** That tells it; empty: claimed by none yet. */
  node: Generated<string>;
  /** Folded. */
  login_id: string;
  /** JSON. */
  shift: string;
}

/** A call or a state of a shift that is over. */
export interface ShiftEntryTable {
  /** That tells it; empty: claimed by none yet. */
  node: Generated<string>;
  /** Given by the node, in order. */
  id: number;
  /** Folded. */
  login_id: string;
  shift_id: number;
  kind: 'call' | 'state';
  /** Counts the entries of its kind in the shift. */
  ordinal: number;
  /** Of the shift, when the entry changed last. */
  version: number;
  /** JSON. */
  entry: string;
}

export interface WorkflowActionTable {
  id: Generated<number>;
  name: string;
  type: string;
  handled_by: string;
  /** JSON lists. */
  params: string;
  variables: string;
}

export interface WorkflowTable {
  id: Generated<number>;
  name: string;
  description: string;
  media: string;
  /** JSON. */
  trigger_set: string;
  condition_set: string;
}

/** One object of the configuration that was changed. */
export interface AuditTable {
  serial: Generated<number>;
  at_ms: number;
  who: string;
  who_folded: string;
  address: string;
  client: string;
  method: string;
  path: string;
  resource: string;
  object_id: string;
  /** JSON: read as a whole, never searched. */
  before_json: string | null;
  after_json: string | null;
}

/** Settings that an administrator has written. */
export interface SettingTable {
  key: string;
  value: string;
}

/** That a node lives, as it last wrote; on PostgreSQL alone. */
export interface SignOfLifeTable {
  node: string;
  /** Of its process. */
  instance: string;
  /** Under which it is asked over HTTPS. */
  host: string;
  /** By the clock of the database. */
  at_ms: number;
}

export interface Schema {
  sign_of_life: SignOfLifeTable;
  store_format: { compatible: number };
  setting: SettingTable;
  audit: AuditTable;
  desktop_layout: DesktopLayoutTable;
  media_properties_layout: MediaPropertiesLayoutTable;
  shift: ShiftTable;
  shift_entry: ShiftEntryTable;
  workflow: WorkflowTable;
  workflow_action: WorkflowActionTable;
  workflow_step: { workflow_id: number; workflow_action_id: number; position: number };
  workflow_team: { workflow_id: number; team_id: number; position: number };
  sign_out: SignOutTable;
  presence: PresenceTable;
  subscription: SubscriptionTable;
  fact: FactTable;
  team: TeamTable;
  skill_group: SkillGroupTable;
  dialled_number: DialledNumberTable;
  device: DeviceTable;
  user_account: UserTable;
  user_role: UserRoleTable;
  user_supervised_team: UserTeamTable;
  user_skill_group: UserSkillGroupTable;
  credential: CredentialTable;
  reason_code: ReasonCodeTable;
  reason_code_team: { reason_code_id: number; team_id: number };
  wrap_up_reason: WrapUpReasonTable;
  wrap_up_reason_team: { wrap_up_reason_id: number; team_id: number };
  phone_book: PhoneBookTable;
  phone_book_team: { phone_book_id: number; team_id: number };
  contact: ContactTable;
  team_message: TeamMessageTable;
}
