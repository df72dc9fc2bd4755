// `npm start`: from a fresh clone to a served demonstration centre. Arguments are passed on to `poise start`.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare, root } from './toolchain.mjs';

prepare();
process.argv.splice(
  1,
  process.argv.length,
  join(root, 'packages/server/bin/poise.mjs'),
  'start',
  '--demo',
  ...process.argv.slice(2),
);
await import(pathToFileURL(process.argv[1]).href);
