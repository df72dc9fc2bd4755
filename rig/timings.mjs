// How long things take before the server counts a client as gone: the product's defaults, or a tenth of them.

/** In ms. `wait`: how long BOSH clients let their polls be held. */
export const PRODUCT = {
  idle: 60_000,
  sweep: 30_000,
  grace: 60_000,
  wait: 60_000,
  webSocketPing: 30_000,
  webSocketIdle: 120_000,
  tcpPing: 180_000,
  tcpIdle: 360_000,
  heartbeat: 5_000,
  ctiRequest: 20_000,
  /** A fault of 20 s takes 20 s. */
  scale: 1,
};

export const FAST = {
  idle: 5_000,
  sweep: 1_000,
  grace: 5_000,
  wait: 4_000,
  webSocketPing: 2_000,
  webSocketIdle: 6_000,
  tcpPing: 2_000,
  tcpIdle: 6_000,
  heartbeat: 1_000,
  ctiRequest: 5_000,
  scale: 0.1,
};

/**
 * The same for several nodes. A client has its own pauses before it looks for another node: they have to end before the grace period does; and more
 * processes share the machine.
 */
export const FAST_NODES = {
  ...FAST,
  idle: 10_000,
  grace: 15_000,
  webSocketIdle: 10_000,
  heartbeat: 3_000,
  ctiRequest: 8_000,
};

/** The settings of the product that make it so. */
export function settingsOf(timings) {
  const names = {
    'presence.idle': timings.idle,
    'presence.sweep': timings.sweep,
    'presence.grace': timings.grace,
    'notification.bosh.wait': timings.wait,
    'notification.websocket.ping': timings.webSocketPing,
    'notification.websocket.idle': timings.webSocketIdle,
    'notification.tcp.ping': timings.tcpPing,
    'notification.tcp.idle': timings.tcpIdle,
    'cti.heartbeat': timings.heartbeat,
    'cti.requestTimeout': timings.ctiRequest,
  };
  return Object.fromEntries(Object.entries(names).map(([key, ms]) => [key, `${ms}ms`]));
}

/**
 * The longest time until the server knows that a client is gone, ms.
 *
 * @param silent nothing told it: no end of a connection, no terminate
 */
export function noticedAfterMs(timings, door, silent) {
  if (door === 'bosh') return (silent ? timings.wait : 0) + timings.idle + timings.sweep;
  if (!silent) return 0;
  return door === 'websocket' ? timings.webSocketIdle : timings.tcpIdle;
}
