export { ssoPlugin } from './plugin.ts';
export type { SignOn } from './sign-on.ts';
