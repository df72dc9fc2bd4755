import { describe, expect, test } from 'vitest';
import { catalogueOf, LANGUAGES } from '../../messages/catalogue.ts';
import { EN } from '../../messages/en.ts';
import {
  completions,
  findShellCommand,
  fits,
  helpLines,
  isWords,
  nextWords,
  splitLine,
  usageOf,
} from './grammar.ts';
import { SHELL_COMMANDS } from './table.ts';

const NODE = { data: '/d', deployment: 'CCE', host: 'a', store: 'sqlite', certificate: '' } as const;
const complete = (line: string, deployment: 'CCE' | 'CCX' = 'CCE') =>
  completions(line, SHELL_COMMANDS, { logs: '/nowhere', node: { ...NODE, deployment } });

describe('a line', () => {
  test.each<[string, string[]]>([
    ['utils service  list ', ['utils', 'service', 'list']],
    ['a "b c" d', ['a', 'b c', 'd']],
    ["a 'b \"c' ''", ['a', 'b "c', '']],
    ['7443.*\\d+', ['7443.*\\d+']],
    ['"\\d \\"x\\" \\."', ['\\d "x" \\.']],
    ['', []],
  ])('%j has its words', (line, words) => {
    expect(splitLine(line)).toEqual(words);
  });

  test('with an open quote is none', () => {
    expect(splitLine('a "b')).toEqual({ open: '"' });
    expect(isWords(splitLine("a 'b"))).toBe(false);
  });
});

describe('the table', () => {
  test('has each command once, and none that hides what another takes', () => {
    const words = SHELL_COMMANDS.map((command) => command.words);
    expect(new Set(words).size).toBe(words.length);
    for (const { words: own } of SHELL_COMMANDS) expect(own).toBe(own.split(/\s+/).join(' '));
  });

  test.each(LANGUAGES)('has help for each command in %s', async (language) => {
    const messages = await catalogueOf(language);
    for (const { help, words } of SHELL_COMMANDS) expect(messages[help], words).toBeTruthy();
  });

  // admin.md 8, check 1; seeds 001 and 003.
  test.each([
    'utils service list',
    'utils service stop Cisco Finesse Tomcat',
    'utils service stop Cisco Finesse Notification Service',
    'utils service start Cisco Unified CCX Notification Service',
    'file search activelog /desktop/logs/openfire "Openfire stopped"',
    'file search activelog /desktop/logs/openfire "HTTP bind service started"',
    'file list activelog /desktop/logs/openfire/*.hprof',
    'show open ports regexp 7443.*LISTEN',
    'utils core active list',
    'utils diagnose test',
    'utils ntp status',
    'file get activelog /syslog/CiscoSyslog* abstime 00:00:06/17/17 00:30:06/17/17',
    'utils finesse notification logging enable',
    'utils uccx notification-service log enable',
  ])('has the command of the documents: %s', (line) => {
    const words = splitLine(line) as readonly string[];
    const found = findShellCommand(words, SHELL_COMMANDS);
    expect(found && fits(found.command, found.rest)).toBe(true);
  });
});

describe('the Tab key', () => {
  test.each<[string, string[], string]>([
    ['ut', ['utils '], 'ut'],
    ['q', ['quit '], 'q'],
    ['utils serv', ['service '], 'serv'],
    ['utils service s', ['start ', 'stop '], 's'],
    ['help utils ser', ['service '], 'ser'],
    ['utils service stop Cisco Finesse N', ['Notification Service '], 'N'],
    ['utils service stop Cisco T', ['Tomcat '], 'T'],
    ['utils diagnose module ntp_s', ['ntp_stratum '], 'ntp_s'],
    ['utils finesse show_property web', ['webservices '], 'web'],
    ['utils finesse show_property webservices max', ['maxMMTimeSec '], 'max'],
    ['file list activelog x det', ['detail '], 'det'],
    ['nothing of the kind ', [], ''],
    ['file search activelog "', [], '"'],
  ])('offers for %j what can follow', (line, candidates, typed) => {
    expect(complete(line)).toEqual([candidates, typed]);
  });

  test('offers the name that the notification service has in this deployment', () => {
    expect(complete('utils service stop Cisco Unified', 'CCX')[0]).toEqual([
      'Unified CCX Notification Service ',
    ]);
    expect(complete('utils service stop Cisco Unified')[0]).toEqual([]);
  });
});

describe('help', () => {
  test('for few commands tells each, for many how they go on', () => {
    expect(helpLines(['utils', 'ntp'], SHELL_COMMANDS, EN)).toEqual([
      'utils ntp status',
      '    Shows whether the clock of this machine is synchronised',
    ]);
    expect(helpLines([], SHELL_COMMANDS, EN)).toEqual(['file', 'set', 'show', 'utils']);
    expect(helpLines(['nothing'], SHELL_COMMANDS, EN)).toEqual([]);
  });

  test('has the usage with what follows', () => {
    const found = findShellCommand(['utils', 'service', 'stop'], SHELL_COMMANDS);
    expect(found && usageOf(found.command)).toBe('utils service stop <service-name>...');
    expect(nextWords(['utils', 'service'], SHELL_COMMANDS)).toEqual(['list', 'restart', 'start', 'stop']);
  });
});
