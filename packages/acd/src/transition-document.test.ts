import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { AGENT_STATES, type AgentInput, REQUESTS, STIMULI, TRANSITIONS } from './agent-state.ts';
import type { Deployment } from './dialect.ts';

/** The tables of docs/acd.md, made from the table that the server runs on. */
function markdown(deployment: Deployment, inputs: readonly AgentInput[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    row([deployment, ...AGENT_STATES]),
    row(['---', ...AGENT_STATES.map(() => '---')]),
    ...inputs.map((input) => {
      const { [input]: effects } = TRANSITIONS[deployment];
      return row([input, ...AGENT_STATES.map((state) => String(effects[state] ?? effects.otherwise))]);
    }),
  ].join('\n');
}

it('the document shows the transition tables as they are', () => {
  const document = readFileSync(new URL('../../../docs/acd.md', import.meta.url), 'utf8');
  for (const deployment of ['CCE', 'CCX'] as const) {
    for (const inputs of [REQUESTS, STIMULI]) {
      const table = markdown(deployment, inputs);
      expect(document.includes(table), `docs/acd.md should hold:\n${table}`).toBe(true);
    }
  }
});
