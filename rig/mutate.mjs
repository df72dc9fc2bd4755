// Preloaded into the server of a run with a mutant: its files are changed while they are loaded, none on the disk.
import { register } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { MUTANTS } from './mutant-list.mjs';

const root = pathToFileURL(`${dirname(dirname(fileURLToPath(import.meta.url)))}/`).href;
const edits = MUTANTS[process.env.RIG_MUTANT]?.edits ?? [];

// Loaded a second time in the thread of the hooks, where `load` is called.
if (isMainThread) register(import.meta.url);

/** @throws where the product is no longer as the mutant has it: a mutant that changes nothing would prove nothing */
export async function load(url, context, next) {
  const loaded = await next(url, context);
  const here = edits.filter(({ file }) => url === root + file);
  if (here.length === 0) return loaded;
  let source = String(loaded.source);
  for (const { file, find, put } of here) {
    if (source.split(find).length !== 2) throw new Error(`${file} does not have once: ${find}`);
    source = source.replace(find, () => put);
  }
  return { ...loaded, source };
}
