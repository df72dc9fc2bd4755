/** What the global `finesse` holds, as a module: `import { restservices } from '@poise/finesse-js'`. */
export * as clientservices from './clientservices/index.ts';
export * as containerservices from './containerservices/index.ts';
export * as cslogger from './cslogger/index.ts';
export * as digital from './digital/index.ts';
export * as interfaces from './interfaces.ts';
export * as restservices from './restservices/index.ts';
export * as shortcutkey from './shortcutkey/index.ts';
export * as utilities from './utilities/index.ts';
