/** `poise trace`: a sign-in step by step, why an agent was lost, many agents at once; from logs of Poise and of the original. */
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  Case,
  CTI_PORT,
  momentOf,
  offsetOf,
  overview,
  overviewHtml,
  overviewJson,
  overviewText,
  signIn,
  signInHtml,
  signInJson,
  signInText,
  TRACE_MESSAGES,
  type TraceLanguage,
  why,
  whyHtml,
  whyJson,
  whyText,
} from '@poise/trace';
import { PlainError, phrase, say } from '../messages/catalogue.ts';
import { type Arguments, EXIT, UsageError } from './command.ts';
import { settingsFrom } from './settings-arguments.ts';
import type { Terminal } from './terminal.ts';
import { TraceInput } from './trace-input.ts';

const languageOf = (terminal: Terminal): TraceLanguage =>
  terminal.messages['trace.language'] as TraceLanguage;

export async function traceSignIn(given: Arguments, terminal: Terminal): Promise<number> {
  const [agent, ...paths] = given.positionals as [string, ...string[]];
  const trace = await read(given, terminal, paths, agent);
  const result = signIn(trace, agent, moment(given, terminal, trace));
  return deliver(given, terminal, {
    html: () => signInHtml(result, trace, languageOf(terminal)),
    json: () => signInJson(result, trace),
    text: () => signInText(result, trace, TRACE_MESSAGES[languageOf(terminal)]),
  });
}

export async function traceWhy(given: Arguments, terminal: Terminal): Promise<number> {
  const [agent, ...paths] = given.positionals as [string, ...string[]];
  const trace = await read(given, terminal, paths, agent);
  const result = why(trace, agent, moment(given, terminal, trace));
  return deliver(given, terminal, {
    html: () => whyHtml(result, trace, languageOf(terminal)),
    json: () => whyJson(result, trace),
    text: () => whyText(result, trace, TRACE_MESSAGES[languageOf(terminal)]),
  });
}

export async function traceOverview(given: Arguments, terminal: Terminal): Promise<number> {
  const trace = await read(given, terminal, given.positionals);
  const result = overview(trace);
  return deliver(given, terminal, {
    html: () => overviewHtml(result, trace, languageOf(terminal)),
    json: () => overviewJson(result, trace),
    text: () => overviewText(result, trace, TRACE_MESSAGES[languageOf(terminal)]),
  });
}

/** JSON or text to the standard output; the HTML file beside it, where one is asked for. */
async function deliver(
  given: Arguments,
  terminal: Terminal,
  forms: Readonly<Record<'html' | 'json' | 'text', () => string>>,
): Promise<number> {
  const file = given.value('html');
  if (file !== undefined) {
    try {
      await writeFile(resolve(terminal.cwd, file), forms.html());
    } catch (error) {
      throw new PlainError(
        phrase('trace.html', { file, reason: (error as NodeJS.ErrnoException).code ?? '?' }),
      );
    }
  }
  if (given.flags.has('json')) terminal.write(forms.json());
  else terminal.write(forms.text());
  if (file !== undefined && !given.flags.has('json'))
    terminal.print(say(terminal.messages, 'trace.written', { file }));
  return EXIT.done;
}

/** Reads the paths that are named, else the logs of this server. */
async function read(
  given: Arguments,
  terminal: Terminal,
  paths: readonly string[],
  agent?: string,
): Promise<Case> {
  const wish = given.value('zone');
  const zone = wish === undefined ? null : offsetOf(wish);
  if (wish !== undefined && zone === null)
    throw new UsageError(say(terminal.messages, 'trace.zone', { zone: wish }));
  const at = given.value('at');
  if (at !== undefined && momentOf(at) === null)
    throw new UsageError(say(terminal.messages, 'trace.at', { at }));
  const ctiPorts = given.values('cti-port').map((text) => {
    const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    if (port < 1 || port > 65_535)
      throw new UsageError(say(terminal.messages, 'trace.ctiPort', { port: text }));
    return port;
  });
  const trace = new Case({
    ...(agent === undefined ? {} : { agent }),
    ...(zone === null ? {} : { zone }),
    ...(ctiPorts.length === 0 ? {} : { ctiPorts: [CTI_PORT, ...ctiPorts] }),
  });
  const input = new TraceInput(trace, terminal.cwd);
  const wanted =
    paths.length > 0 ? paths : [join((await settingsFrom(given, terminal)).settings.data, 'logs')];
  for (const path of wanted) {
    const found = await input.path(path === '-' ? '-' : resolve(terminal.cwd, path), process.stdin);
    if (!found) throw new PlainError(phrase('trace.path', { path }));
  }
  trace.resolve();
  return trace;
}

/** What --at says, in the server's zone where it names none; a time of the day is that of the last day of the logs. */
function moment(given: Arguments, terminal: Terminal, trace: Case): number | null {
  const text = given.value('at');
  if (text === undefined) return null;
  const time = momentOf(text);
  if (time === null) throw new UsageError(say(terminal.messages, 'trace.at', { at: text }));
  const offset = (time.offset ?? trace.zone) * 60_000;
  if (time.hasDate) return time.wall - offset;
  const day = 86_400_000;
  const last = trace.facts.findLast(({ at }) => at !== null)?.at ?? 0;
  return Math.floor((last + offset) / day) * day + time.wall - offset;
}
