/** The defects that `npm run rig:mutants` puts into the server (rig/mutant-list.mjs): the product is as each of them has it. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

interface Mutant {
  readonly faults: readonly string[];
  readonly nodes?: number;
  readonly edits: readonly { readonly file: string; readonly find: string; readonly put: string }[];
}
interface Fault {
  readonly name: string;
}
const root = resolve(import.meta.dirname, '..');
const { MUTANTS } = (await import(resolve(root, 'rig/mutant-list.mjs'))) as {
  readonly MUTANTS: Readonly<Record<string, Mutant>>;
};
const { FAULTS } = (await import(resolve(root, 'rig/faults.mjs'))) as { readonly FAULTS: readonly Fault[] };
const { NODE_FAULTS } = (await import(resolve(root, 'rig/nodes/faults.mjs'))) as {
  readonly NODE_FAULTS: readonly Fault[];
};

test.each(Object.keys(MUTANTS))('%s finds what it changes', (name) => {
  const { edits = [], faults = [], nodes = 1 } = MUTANTS[name] ?? {};
  const times = edits.map(({ file, find }) => [
    find,
    readFileSync(resolve(root, file), 'utf8').split(find).length - 1,
  ]);
  expect(times).toEqual(edits.map(({ find }) => [find, 1]));
  const named = (nodes > 1 ? NODE_FAULTS : FAULTS).map((fault) => fault.name);
  expect(faults.filter((fault) => !named.includes(fault))).toEqual([]);
});
