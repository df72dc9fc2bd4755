import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { AGENT_STATES, type AgentInput, REQUESTS, STIMULI, TRANSITIONS } from './agent-state.ts';
import {
  CONNECTION_INPUTS,
  CONNECTION_PLACES,
  CONNECTION_ROLES,
  connectionStep,
  suits,
} from './calls/connection-table.ts';
import { LINE_OF_CONNECTION, LINE_STATUSES, LINE_TABLE } from './calls/line-table.ts';
import { MAKE_TABLE } from './calls/making.ts';
import { MONITOR_TABLE } from './calls/monitoring.ts';
import type { Deployment } from './dialect.ts';

/** The tables of docs/acd.md, made from the tables that the server runs on. */
function table(header: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const line = (cells: readonly unknown[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function agents(deployment: Deployment, inputs: readonly AgentInput[]): string {
  return table(
    [deployment, ...AGENT_STATES],
    inputs.map((input) => {
      const { [input]: effects } = TRANSITIONS[deployment];
      return [input, ...AGENT_STATES.map((state) => effects[state] ?? effects.otherwise)];
    }),
  );
}

const DEPLOYMENTS = ['CCE', 'CCX'] as const;

const TABLES: readonly string[] = [
  ...DEPLOYMENTS.flatMap((deployment) => [agents(deployment, REQUESTS), agents(deployment, STIMULI)]),
  table(
    ['connection', ...CONNECTION_PLACES],
    CONNECTION_INPUTS.map((input) => [
      input,
      ...CONNECTION_PLACES.map((place) => connectionStep(place, input)),
    ]),
  ),
  table(
    ['request', ...CONNECTION_PLACES],
    CONNECTION_ROLES.map((role) => [role, ...CONNECTION_PLACES.map((place) => suits(place, role))]),
  ),
  table(['connection', ...Object.keys(LINE_OF_CONNECTION)], [['line', ...Object.values(LINE_OF_CONNECTION)]]),
  table(
    ['line, from \\ to', ...LINE_STATUSES],
    LINE_STATUSES.map((from) => [
      from,
      ...LINE_STATUSES.map((to) => LINE_TABLE[`${from}>${to}`]?.join(', ') ?? '–'),
    ]),
  ),
  table(
    ['agent', ...AGENT_STATES],
    DEPLOYMENTS.flatMap((deployment) => [
      [`MAKE_CALL, ${deployment}`, ...AGENT_STATES.map((state) => MAKE_TABLE[deployment][state])],
      [`monitored, ${deployment}`, ...AGENT_STATES.map((state) => MONITOR_TABLE[deployment][state])],
    ]),
  ),
];

it('the document shows the tables as they are', () => {
  const document = readFileSync(new URL('../../../docs/acd.md', import.meta.url), 'utf8');
  for (const text of TABLES) expect(document.includes(text), `docs/acd.md should hold:\n${text}`).toBe(true);
});
