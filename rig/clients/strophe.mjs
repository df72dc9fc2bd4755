// Strophe; it leaves the reconnection to the page, which tries again and again as pages do.
import { agent, browserGlobals, hear, lost, obey, password, present, RETRY_MS } from './desk.mjs';

await browserGlobals();
const { Strophe, $pres } = await import('strophe.js');
const { SERVICE } = process.env;
let leaving = false;
let connection;

function connect() {
  let over = false;
  connection = new Strophe.Connection(SERVICE);
  // Over BOSH it would wait for 27 s before its third retry, longer than a desktop may show what is over.
  connection.maxRetries = 2;
  connection.addHandler(
    (message) => {
      hear(Strophe.serialize(message));
      return true;
    },
    null,
    'message',
  );
  connection.addHandler(
    (presence) => {
      present(presence.getAttribute('from') ?? '', presence.getAttribute('type') ?? undefined);
      return true;
    },
    null,
    'presence',
  );
  connection.connect(`${agent}@localhost/desktop`, password, (status, condition) => {
    if (status === Strophe.Status.CONNECTED) connection.send($pres());
    if (over || (status !== Strophe.Status.DISCONNECTED && status !== Strophe.Status.CONNFAIL)) return;
    over = true;
    lost(condition);
    if (!leaving) setTimeout(connect, RETRY_MS);
  });
}
obey(() => {
  leaving = true;
  connection.disconnect('leaving');
  return new Promise((done) => setTimeout(done, 300));
});
connect();
