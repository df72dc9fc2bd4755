/** The settings in effect and their documentation, both from the table. */
import { words } from '../messages/catalogue.ts';
import { type Computed, SETTINGS, type SettingDefinition, type SettingKey } from './keys.ts';
import { type LoadedSettings, type Origin, type Settings, settingValue } from './settings.ts';
import { environmentName } from './sources.ts';

const MASK = '***';

/** Each key with the value in the form in which it is written; secrets masked, ports as configured plus offset. */
export function printable(settings: Settings): ReadonlyMap<SettingKey, string | number | boolean> {
  const rows = new Map<SettingKey, string | number | boolean>();
  for (const key of Object.keys(SETTINGS) as SettingKey[]) {
    const definition = SETTINGS[key] as SettingDefinition<unknown>;
    const value = definition.parser.print(settingValue(settings, key));
    rows.set(key, definition.secret && value !== '' ? MASK : value);
  }
  return rows;
}

function originWords(origin: Origin): string {
  if (origin.kind === 'file') return origin.path;
  if (origin.kind === 'environment') return origin.name;
  if (origin.kind === 'store') return 'store';
  return origin.kind === 'command' ? 'command line' : '';
}

/** YAML with dotted keys; what is not a default bears where it came from. */
export function printSettings(loaded: LoadedSettings): string {
  const lines: string[] = [];
  for (const [key, value] of printable(loaded.settings)) {
    const from = originWords(loaded.origins.get(key) ?? { kind: 'default' });
    const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
    lines.push(`${key}: ${text}${from === '' ? '' : `  # ${from}`}`);
  }
  return `${lines.join('\n')}\n`;
}

/** docs/settings.md. */
export function settingsDocument(): string {
  const rows = (Object.keys(SETTINGS) as SettingKey[]).map((key) => {
    const definition = SETTINGS[key] as SettingDefinition<unknown>;
    const fallback = definition.fallback as Computed<unknown>;
    const computed = typeof fallback === 'object' && fallback !== null && 'compute' in fallback;
    const printed = computed ? fallback.words : `\`${definition.parser.print(definition.fallback)}\``;
    const cell = printed === '``' ? 'empty' : printed;
    return `| \`${key}\` | ${cell} | ${words(definition.parser.allowed)} | ${definition.doc}${definition.secret ? ' Secret: printed masked.' : ''} |`;
  });
  return `# Settings

This page is made from the table in \`packages/server/src/settings/keys.ts\`; a test keeps it current.

A setting can be written in the settings file (YAML, nested or with dotted keys), as environment variable
(\`presence.idle\` is \`${environmentName('presence.idle')}\`) and as \`--set presence.idle=90s\`. The command line wins over the
environment, the environment over the file, the file over what an administrator has stored, that over the default. The
file is the one given with \`--config\`, else the one that \`POISE_CONFIG\` names, else \`poise.yaml\` in the data
directory. An unknown key or a bad value is refused at the start, with its name and what is allowed. \`poise config print\` shows what is in effect.

The settings of the CTI server (\`cti.a\`, \`cti.b\`, \`cti.peripheralId\`), of the other node (\`node.secondary\`), of the
desktop chat (\`chat.*\`) and of the enterprise database (\`enterpriseDatabase.*\`) can be stored by an administrator, too, and
so can the properties of the serviceability commands: \`desktop.*\` but \`serviceWorker\` and \`developerTools\`, \`dialogs.participantDrop\`, \`maintenance.limit\`,
\`http.corsOrigins\`, \`gadgets.hosts\` and \`sso.enableUserAuthMode\` ([shell.md](shell.md)). This is done with \`poise shell\`,
in the console, with \`/poise/api/config/settings\` ([configuration-api.md](configuration-api.md)), with SystemConfig,
ClusterConfig, ChatConfig and EnterpriseDatabaseConfig ([rest.md](rest.md)), or with \`poise config apply\`. They are in
force from the next start on, and give way to the file, the environment and the command line. A stored password is
sealed (AES-256-GCM). With \`node.secret\` the key is derived from it, so that all nodes on a PostgreSQL open it, and whoever changes
it enters the password again. Without, the key is in \`settings.key\` of the data directory, a file for its owner alone that is made
when it is first needed and that no backup holds: without it the password is of no use in the database or a backup. What cannot be unsealed, or means nothing to this version, is passed over
with a warning at the start.

\`ports.offset\` is added to every port but 0, which takes any free port; \`off\` closes a port. It does not change the
addresses of foreign CTI servers in \`cti.a\` and \`cti.b\`.

| key | default | allowed | meaning |
|---|---|---|---|
${rows.join('\n')}
`;
}
