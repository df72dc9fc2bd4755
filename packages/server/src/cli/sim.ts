/** `poise sim …`: lets simulated customers call, and uses simulated phones, in the running contact centre. */
import { say } from '../messages/catalogue.ts';
import { type Arguments, EXIT, UsageError } from './command.ts';
import { ask } from './control.ts';
import type { Terminal } from './terminal.ts';

interface Customer {
  readonly id: number;
  readonly from: string;
  readonly to: string;
}
interface Load {
  readonly callsPerSecond: number;
  readonly to: readonly string[];
  readonly seed: number;
  readonly calls: number;
}
interface Phone {
  readonly extension: string;
  readonly autoAnswer: string;
  readonly inService: boolean;
  readonly legs: readonly unknown[];
}
type Count =
  | 'calls'
  | 'waiting'
  | 'talking'
  | 'onHold'
  | 'completed'
  | 'abandoned'
  | 'abandonedOnHold'
  | 'refused';
interface Status {
  readonly customers: Readonly<Record<Count, number>>;
  readonly load: Load | null;
  readonly phones: readonly Phone[];
}

export async function simCall(given: Arguments, terminal: Terminal): Promise<number> {
  const argument = { ...options(given, 'to', 'from', 'talk', 'patience'), ...variables(given, terminal) };
  const customer = (await send('sim.call', given, terminal, argument)) as Customer;
  const { id, from, to } = customer;
  return print(given, terminal, customer, () => [say(terminal.messages, 'cli.simCall', { id, from, to })]);
}

export async function simPreview(given: Arguments, terminal: Terminal): Promise<number> {
  const timeZone = given.value('time-zone');
  const argument = {
    ...options(given, 'to', 'mode', 'customer', 'campaign', 'account', 'name'),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
  const preview = (await send('sim.preview', given, terminal, argument)) as {
    readonly to: string;
    readonly contact: { readonly number: string };
  };
  return print(given, terminal, preview, () => [
    say(terminal.messages, 'cli.simPreview', { to: preview.to, number: preview.contact.number }),
  ]);
}

export async function simLoad(given: Arguments, terminal: Terminal): Promise<number> {
  const argument = {
    callsPerSecond: given.value('calls-per-second'),
    ...options(given, 'for', 'to', 'talk', 'patience', 'seed'),
    ...variables(given, terminal),
  };
  const load = (await send('sim.load', given, terminal, argument)) as Load;
  return print(given, terminal, load, () => [
    say(terminal.messages, 'cli.simLoad', {
      to: load.to.join(', '),
      rate: load.callsPerSecond,
      seed: load.seed,
    }),
  ]);
}

export async function simStop(given: Arguments, terminal: Terminal): Promise<number> {
  const stopped = (await send('sim.stop', given, terminal)) as { hungUp: number };
  return print(given, terminal, stopped, () => [
    say(terminal.messages, 'cli.simStopped', { count: stopped.hungUp }),
  ]);
}

export async function simStatus(given: Arguments, terminal: Terminal): Promise<number> {
  const status = (await send('sim.status', given, terminal)) as Status;
  const { messages } = terminal;
  return print(given, terminal, status, () => [
    say(messages, 'cli.simCustomers', status.customers),
    status.load === null
      ? say(messages, 'cli.simNoLoad')
      : say(messages, 'cli.simLoadRuns', {
          rate: status.load.callsPerSecond,
          to: status.load.to.join(', '),
          seed: status.load.seed,
          calls: status.load.calls,
        }),
    ...status.phones.map((phone) => phoneLine(phone, terminal)),
  ]);
}

export async function simPhone(given: Arguments, terminal: Terminal): Promise<number> {
  const [extension, action, value] = given.positionals;
  const argument = { extension, action, ...(value === undefined ? {} : { value }) };
  const phone = (await send('sim.phone', given, terminal, argument)) as Phone;
  return print(given, terminal, phone, () => [phoneLine(phone, terminal)]);
}

/** Where the contact centre runs alone (`poise cti`), it has the simulation, whatever runs beside it. */
const send = (
  command: string,
  given: Arguments,
  terminal: Terminal,
  argument: Readonly<Record<string, unknown>> = {},
): Promise<unknown> => ask(command, given, terminal, argument, ['cti', 'server']);

function print(
  given: Arguments,
  terminal: Terminal,
  answer: unknown,
  lines: () => readonly string[],
): number {
  for (const line of given.flags.has('json') ? [JSON.stringify(answer)] : lines()) terminal.print(line);
  return EXIT.done;
}

function options(given: Arguments, ...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = given.value(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** @throws UsageError when a `--var` is no pair */
function variables(given: Arguments, { messages }: Terminal): { variables?: Record<string, string> } {
  const pairs = given.values('var').map((text) => {
    const equals = text.indexOf('=');
    if (equals <= 0) throw new UsageError(say(messages, 'cli.variable', { text: JSON.stringify(text) }));
    return [text.slice(0, equals), text.slice(equals + 1)] as const;
  });
  return pairs.length === 0 ? {} : { variables: Object.fromEntries(pairs) };
}

function phoneLine(phone: Phone, { messages }: Terminal): string {
  const { extension, autoAnswer, inService, legs } = phone;
  return say(messages, 'cli.simPhone', {
    extension,
    autoAnswer,
    service: say(messages, inService ? 'cli.simPhoneInService' : 'cli.simPhoneOutOfService'),
    calls: legs.length,
  });
}
