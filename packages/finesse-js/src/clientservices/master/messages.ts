/** The messages of the event tunnel, `TYPE|text`, with the numbers of the original (gadgets.md 8). */
export const TUNNEL = {
  EVENT: 0,
  ID: 1,
  PASSWORD: 2,
  RESOURCEID: 3,
  STATUS: 4,
  XMPPDOMAIN: 5,
  PUBSUBDOMAIN: 6,
  SUBSCRIBE: 7,
  UNSUBSCRIBE: 8,
  PRESENCE: 9,
  CONNECT_REQ: 10,
  DISCONNECT_REQ: 11,
  NOTIFICATION_CONNECTION_TYPE: 12,
  LOGGING: 13,
} as const;
