// Loaded into a server (node --import): from the line `record` on file descriptor 3 on it remembers every happening and every line of the
// ring of the notification service; `write PATH` writes them as lines of JSON, as `recording.mjs` reads them.
import { createReadStream, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { recordedLine } from './recording.mjs';

const dist = new URL('../../packages/server/dist/', import.meta.url);
const { Happenings } = await import(new URL('happenings.js', dist).href);
const { DebugRing } = await import(new URL('xmpp-host/debug-ring.js', dist).href);

let recorded = null;

const publish = Happenings.prototype.publish;
Happenings.prototype.publish = function (kind, payload, cause = {}) {
  recorded?.push(recordedLine({ kind, cause, ...payload }));
  return publish.call(this, kind, payload, cause);
};
const push = DebugRing.prototype.push;
DebugRing.prototype.push = function (atMs, line, ...args) {
  recorded?.push(recordedLine({ ring: line.name, args }));
  return push.call(this, atMs, line, ...args);
};

createInterface({ input: createReadStream('', { fd: 3 }) }).on('line', (line) => {
  const [word, path] = line.trim().split(' ');
  if (word === 'record') recorded = [];
  else writeFileSync(path, `${recorded.join('\n')}\n`);
});
