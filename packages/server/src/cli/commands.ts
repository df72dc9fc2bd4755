/** The table of commands. */
import type { Command, CommandOption } from './command.ts';
import { utilsCommands } from './utils/commands.ts';

const CONFIG: CommandOption = { type: 'string', value: 'FILE', help: 'option.config' };
const DATA: CommandOption = { type: 'string', value: 'DIR', help: 'option.data' };
const SET: CommandOption = { type: 'string', multiple: true, value: 'KEY=VALUE', help: 'option.set' };
const DEMO: CommandOption = { type: 'boolean', help: 'option.demo' };
const BENCH: CommandOption = { type: 'string', value: 'N', help: 'option.bench' };
const JSON_OUTPUT: CommandOption = { type: 'boolean', help: 'option.json' };
const SETTINGS = { config: CONFIG, data: DATA, set: SET };
const VARIABLE: CommandOption = {
  type: 'string',
  multiple: true,
  value: 'NAME=VALUE',
  help: 'option.simVar',
};
const text = (value: string, help: CommandOption['help']): CommandOption => ({ type: 'string', value, help });

/** PATHs are files, folders, archives, or - for the standard input; without one, the logs of this server. */
const TRACE = {
  at: text('TIME', 'option.traceAt'),
  zone: text('OFFSET', 'option.traceZone'),
  html: text('FILE', 'option.traceHtml'),
  'cti-port': { type: 'string', multiple: true, value: 'PORT', help: 'option.traceCtiPort' },
  ...SETTINGS,
} as const;

export const COMMANDS: readonly Command[] = [
  {
    name: 'start',
    help: 'help.start',
    options: {
      demo: DEMO,
      bench: BENCH,
      ...SETTINGS,
      only: { type: 'string', multiple: true, value: 'PARTS', help: 'option.only' },
    },
    run: async (given, terminal) => (await import('./start.ts')).start(given, terminal, 'server'),
  },
  {
    name: 'cti',
    help: 'help.cti',
    options: { demo: DEMO, bench: BENCH, ...SETTINGS },
    run: async (given, terminal) => (await import('./start.ts')).start(given, terminal, 'cti'),
  },
  {
    name: 'status',
    help: 'help.status',
    options: { alive: { type: 'boolean', help: 'option.alive' }, ...SETTINGS, json: JSON_OUTPUT },
    run: async (given, terminal) => (await import('./control.ts')).status(given, terminal),
  },
  {
    name: 'stop',
    help: 'help.stop',
    options: SETTINGS,
    run: async (given, terminal) => (await import('./control.ts')).stop(given, terminal),
  },
  {
    name: 'service list',
    help: 'help.serviceList',
    options: { ...SETTINGS, json: JSON_OUTPUT },
    run: async (given, terminal) => (await import('./service.ts')).serviceList(given, terminal),
  },
  ...(
    [
      ['start', 'help.serviceStart'],
      ['stop', 'help.serviceStop'],
      ['restart', 'help.serviceRestart'],
    ] as const
  ).map(
    ([verb, help]): Command => ({
      name: `service ${verb}`,
      help,
      positionals: ['PART'],
      options: { ...SETTINGS, json: JSON_OUTPUT },
      run: async (given, terminal) => (await import('./service.ts')).service(verb, given, terminal),
    }),
  ),
  ...(
    [
      ['start', 'help.maintenanceStart'],
      ['status', 'help.maintenanceStatus'],
      ['end', 'help.maintenanceEnd'],
    ] as const
  ).map(
    ([verb, help]): Command => ({
      name: `maintenance ${verb}`,
      help,
      options: { ...SETTINGS, json: JSON_OUTPUT },
      run: async (given, terminal) => (await import('./maintenance.ts')).maintenance(verb, given, terminal),
    }),
  ),
  {
    name: 'drain',
    help: 'help.drain',
    options: { stop: { type: 'boolean', help: 'option.drainStop' }, ...SETTINGS, json: JSON_OUTPUT },
    run: async (given, terminal) => (await import('./drain.ts')).drain(given, terminal),
  },
  ...utilsCommands({ ...SETTINGS, json: JSON_OUTPUT }),
  {
    name: 'shell',
    help: 'help.shell',
    positionals: ['[COMMAND]...'],
    options: SETTINGS,
    run: async (given, terminal) => (await import('./shell/poise-shell.ts')).shell(given, terminal),
  },
  {
    name: 'config print',
    help: 'help.configPrint',
    options: { demo: DEMO, ...SETTINGS },
    run: async (given, terminal) => (await import('./config.ts')).printConfig(given, terminal),
  },
  {
    name: 'config export',
    help: 'help.configExport',
    positionals: ['[FILE]'],
    options: SETTINGS,
    run: async (given, terminal) =>
      (await import('./configuration-files.ts')).exportConfiguration(given, terminal),
  },
  {
    name: 'config apply',
    help: 'help.configApply',
    positionals: ['FILE'],
    options: { 'dry-run': { type: 'boolean', help: 'option.dryRun' }, ...SETTINGS, json: JSON_OUTPUT },
    run: async (given, terminal) =>
      (await import('./configuration-files.ts')).applyConfiguration(given, terminal),
  },
  {
    name: 'import finesse',
    help: 'help.importFinesse',
    options: {
      host: { ...text('HOST', 'option.importHost'), required: true },
      user: { ...text('USER', 'option.importUser'), required: true },
      ca: text('FILE', 'option.importCa'),
      out: text('FILE', 'option.importOut'),
      'dry-run': { type: 'boolean', help: 'option.dryRun' },
      ...SETTINGS,
      json: JSON_OUTPUT,
    },
    run: async (given, terminal) => (await import('./import-finesse.ts')).importFinesse(given, terminal),
  },
  {
    name: 'gadget serve',
    help: 'help.gadgetServe',
    positionals: ['DIR'],
    options: { set: SET },
    run: async (given, terminal) => (await import('./gadget.ts')).gadgetServe(given, terminal),
  },
  {
    name: 'workflow dry-run',
    help: 'help.workflowDryRun',
    positionals: ['DIALOG'],
    options: {
      workflows: text('FILE', 'option.workflows'),
      team: text('ID', 'option.workflowTeam'),
      agent: text('ID', 'option.workflowAgent'),
      extension: text('NUMBER', 'option.workflowExtension'),
      ended: { type: 'boolean', help: 'option.workflowEnded' },
      ...SETTINGS,
      json: JSON_OUTPUT,
    },
    run: async (given, terminal) => (await import('./workflow.ts')).workflowDryRun(given, terminal),
  },
  {
    name: 'sim call',
    help: 'help.simCall',
    options: {
      to: { ...text('NUMBER', 'option.simTo'), required: true },
      from: text('NUMBER', 'option.simFrom'),
      var: VARIABLE,
      talk: text('TIME', 'option.simTalk'),
      patience: text('TIME', 'option.simPatience'),
      ...SETTINGS,
      json: JSON_OUTPUT,
    },
    run: async (given, terminal) => (await import('./sim.ts')).simCall(given, terminal),
  },
  {
    name: 'sim preview',
    help: 'help.simPreview',
    options: {
      to: { ...text('EXTENSION', 'option.simPreviewTo'), required: true },
      mode: text('MODE', 'option.simPreviewMode'),
      customer: text('NUMBER', 'option.simPreviewCustomer'),
      campaign: text('NAME', 'option.simPreviewCampaign'),
      account: text('TEXT', 'option.simPreviewAccount'),
      name: text('NAME', 'option.simPreviewName'),
      'time-zone': text('MINUTES', 'option.simPreviewZone'),
      ...SETTINGS,
      json: JSON_OUTPUT,
    },
    run: async (given, terminal) => (await import('./sim.ts')).simPreview(given, terminal),
  },
  {
    name: 'sim load',
    help: 'help.simLoad',
    options: {
      'calls-per-second': { ...text('N', 'option.simRate'), required: true },
      for: text('TIME', 'option.simFor'),
      to: text('NUMBERS', 'option.simToMany'),
      talk: text('TIME', 'option.simLoadTalk'),
      patience: text('TIME', 'option.simLoadPatience'),
      var: VARIABLE,
      seed: text('N', 'option.simSeed'),
      ...SETTINGS,
      json: JSON_OUTPUT,
    },
    run: async (given, terminal) => (await import('./sim.ts')).simLoad(given, terminal),
  },
  {
    name: 'sim stop',
    help: 'help.simStop',
    options: { ...SETTINGS, json: JSON_OUTPUT },
    run: async (given, terminal) => (await import('./sim.ts')).simStop(given, terminal),
  },
  {
    name: 'sim status',
    help: 'help.simStatus',
    options: { ...SETTINGS, json: JSON_OUTPUT },
    run: async (given, terminal) => (await import('./sim.ts')).simStatus(given, terminal),
  },
  {
    name: 'sim phone',
    help: 'help.simPhone',
    positionals: ['EXTENSION', 'ACTION', '[VALUE]'],
    options: { ...SETTINGS, json: JSON_OUTPUT },
    run: async (given, terminal) => (await import('./sim.ts')).simPhone(given, terminal),
  },
  {
    name: 'trace signin',
    help: 'help.traceSignIn',
    more: 'help.traceMore',
    positionals: ['ID', '[PATH]...'],
    options: { ...TRACE, json: JSON_OUTPUT },
    run: async (given, terminal) => (await import('./trace.ts')).traceSignIn(given, terminal),
  },
  {
    name: 'trace why',
    help: 'help.traceWhy',
    more: 'help.traceMore',
    positionals: ['ID', '[PATH]...'],
    options: { ...TRACE, json: JSON_OUTPUT },
    run: async (given, terminal) => (await import('./trace.ts')).traceWhy(given, terminal),
  },
  {
    name: 'trace overview',
    help: 'help.traceOverview',
    more: 'help.traceMore',
    positionals: ['[PATH]...'],
    options: {
      zone: TRACE.zone,
      html: TRACE.html,
      'cti-port': TRACE['cti-port'],
      ...SETTINGS,
      json: JSON_OUTPUT,
    },
    run: async (given, terminal) => (await import('./trace.ts')).traceOverview(given, terminal),
  },
  {
    name: 'cert export',
    help: 'help.certExport',
    options: { ...SETTINGS, out: { type: 'string', value: 'FILE', help: 'option.out' } },
    run: async (given, terminal) => (await import('./cert.ts')).exportCertificate(given, terminal),
  },
  {
    name: 'user set-password',
    help: 'help.userSetPassword',
    positionals: ['USER'],
    options: { ...SETTINGS, administrator: { type: 'boolean', help: 'option.administrator' } },
    run: async (given, terminal) => (await import('./user.ts')).setPassword(given, terminal),
  },
  {
    name: 'user list',
    help: 'help.userList',
    options: { ...SETTINGS, json: JSON_OUTPUT },
    run: async (given, terminal) => (await import('./user.ts')).listUsers(given, terminal),
  },
  {
    name: 'backup',
    help: 'help.backup',
    positionals: ['[FILE]'],
    options: SETTINGS,
    run: async (given, terminal) => (await import('./backup.ts')).backup(given, terminal),
  },
  {
    name: 'restore',
    help: 'help.restore',
    positionals: ['FILE'],
    options: SETTINGS,
    run: async (given, terminal) => (await import('./backup.ts')).restore(given, terminal),
  },
  {
    name: 'help',
    help: 'help.help',
    positionals: ['[COMMAND]'],
    options: {},
    run: async (given, terminal) => (await import('./help.ts')).help(given, terminal, COMMANDS),
  },
  {
    name: 'version',
    help: 'help.version',
    options: {},
    run: async (_given, terminal) => {
      terminal.print((await import('./version.ts')).version());
      return 0;
    },
  },
];
