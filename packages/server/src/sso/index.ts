export { ssoPlugin } from './plugin.ts';
export { SignOn } from './sign-on.ts';
