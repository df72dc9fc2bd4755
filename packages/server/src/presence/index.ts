/** Who is here, who is signed out because he is not, and the record of it. */
export { KeptPresences } from './kept-presences.ts';
export { signOutsPlugin } from './plugin.ts';
export { answerPresence } from './presence-questions.ts';
export { SharedPresence } from './shared-presence.ts';
export { SignOutLog } from './sign-out-log.ts';
export { SignsOfLife } from './signs-of-life.ts';
export { presenceStore, signOutStore, signTable } from './stores.ts';
export { type KeptPresence, type PresenceElsewhere, PresenceWatch } from './watch.ts';
