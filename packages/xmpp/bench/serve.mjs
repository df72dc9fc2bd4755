// Serves the library to a load harness that speaks only XMPP: TCP, WebSocket and BOSH on loopback.
//   node bench/serve.mjs [tcpPort] [httpPort]
// Any login id with the password "bench-secret" signs in; the user "publisher" makes nodes and publishes.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { systemClock } from '@poise/clock';
import { createXmppServer } from '@poise/xmpp';

const [tcpPort = '25222', httpPort = '25280'] = process.argv.slice(2);
const server = createXmppServer({
  domain: 'bench.example',
  clock: systemClock(),
  random: randomBytes,
  version: 'bench',
  eventForm: '11.6',
  authenticator: {
    plain: async (authcid, password) =>
      password === 'bench-secret' ? { ok: true, loginId: authcid } : { ok: false, reason: 'not-authorized' },
  },
  access: {
    nodeAccess: () => 'allow',
    nodesOf: () => [],
    automaticNodes: (user) => [`/finesse/api/User/${user}`, `/finesse/api/User/${user}/Dialogs`],
    canonicalNode: (node) => node,
    isService: (user) => user === 'publisher',
  },
});
server.setServicePresence(true);
const http = createServer((request, response) => {
  if (server.bosh !== undefined && request.url?.startsWith('/http-bind'))
    server.bosh.handler(request, response);
  else response.writeHead(404).end();
});
http.on('upgrade', (request, socket, head) => {
  if (!server.handleUpgrade(request, socket, head)) socket.destroy();
});
await server.listenTcp({ host: '127.0.0.1', port: Number(tcpPort) });
http.listen({ port: Number(httpPort), host: '127.0.0.1', backlog: 4096 });
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    void server.stop('shutdown').then(() => process.exit(0));
  });
}
