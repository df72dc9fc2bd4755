// A GED-188 client beside the server's own link: hears everything, and may ask.
import net from 'node:net';
import { systemClock } from '@poise/clock';
import { BRIDGE_SERVICES, CtiClientSession } from '@poise/ged188';

/**
 * Opens a session at the CTI server.
 *
 * @param onEvent called with each event of the session after it was opened, and with `{ type: 'lost' }` when the
 *   connection is gone
 * @returns the session, which takes requests
 */
export function openCtiSession(port, onEvent) {
  const socket = net.connect({ host: '127.0.0.1', port, noDelay: true });
  return new Promise((done, fail) => {
    socket.on('error', fail);
    const session = new CtiClientSession({
      clock: systemClock(),
      open: {
        clientId: 'bench',
        clientPassword: '',
        clientSignature: 'bench-observer',
        services: BRIDGE_SERVICES,
        version: 24,
        configMsgMask: 0,
      },
      send: (bytes) => socket.write(bytes),
      onEvent: (event) => {
        if (event.type === 'open') done(session);
        onEvent(event);
        if (event.type === 'reset' || event.type === 'closed') socket.destroy();
      },
    });
    socket.on('close', () => {
      session.lost();
      onEvent({ type: 'lost' });
      // Without effect once the session was open.
      fail(new Error('the CTI server ended the connection, or does not open a session'));
    });
    socket.on('connect', () => session.connected());
    socket.on('data', (chunk) => session.received(chunk));
  });
}
