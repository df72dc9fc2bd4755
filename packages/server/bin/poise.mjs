#!/usr/bin/env node
// The command poise. Needs the built files; `npm start` builds them.
import { existsSync } from 'node:fs';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Poise needs Node.js 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}
const entry = new URL('../dist/cli/poise.js', import.meta.url);
if (!existsSync(entry)) {
  console.error('Poise is not built yet. Run npm start, or npm run build.');
  process.exit(1);
}
const { main } = await import(entry.href);
const status = await main(process.argv.slice(2));
// What was printed must reach a pipe before the process ends.
for (const stream of [process.stdout, process.stderr]) {
  if (stream.writable && stream.writableLength > 0) await new Promise((resolve) => stream.write('', resolve));
}
process.exit(status);
