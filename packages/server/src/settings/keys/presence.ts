/** When an agent who has left is signed out, and how agents are moved away before a stop. */
import { choice, duration } from '../parsers.ts';
import { HOUR, MINUTE, SECOND, type SettingTable, setting } from '../setting.ts';

export const PRESENCE = {
  'presence.idle': setting(
    duration(SECOND, HOUR),
    60 * SECOND,
    'A BOSH session without a request for longer than this is closed by the next sweep.',
  ),
  'presence.sweep': setting(
    duration(100, 10 * MINUTE),
    30 * SECOND,
    'Interval of the sweep that looks for idle sessions.',
  ),
  'presence.grace': setting(
    duration(0, HOUR),
    60 * SECOND,
    'Time between the last session of a signed-in agent going away and the forced sign-out. 0: at once, also when a page is loaded anew.',
  ),
  'presence.resources': setting(
    choice('any', 'desktop'),
    'any',
    'Which sessions keep an agent signed in. `any`: every one, so that a program which stays connected with his JID keeps him signed in. `desktop`: those with the resource desktop.',
  ),
  'presence.onDisconnect': setting(
    choice('notReady', 'logout'),
    {
      words: '`notReady` for CCE, `logout` for CCX',
      compute: ({ get }): 'notReady' | 'logout' => (get('deployment') === 'CCX' ? 'logout' : 'notReady'),
    },
    'What the embedded CTI server makes of a forced LOGOUT with reason code 255. With CCX it always signs out.',
  ),

  'maintenance.notice': setting(
    duration(0, HOUR),
    2 * MINUTE,
    'Maintenance mode: time between the first warning of the agents and the move of their desktops to the other node, which is spread over 15 s.',
  ),
  'maintenance.limit': setting(
    duration(MINUTE, 12 * HOUR),
    HOUR,
    'Maintenance mode: desktops that are here after this time are not waited for any longer; the maintenance mode has failed, and the node works on.',
  ),
} as const satisfies SettingTable;
