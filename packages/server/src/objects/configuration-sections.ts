/** Which lists of the configuration an Update on /poise/api/configuration names. */
import type { DirectorySection } from '../store/directory.ts';

/** What a page draws from; of users, queues and phones the nodes of the original tell. */
export const TOLD_SECTIONS: readonly DirectorySection[] = [
  'teams',
  'reasonCodes',
  'wrapUpReasons',
  'phoneBooks',
  'desktopLayouts',
  'mediaPropertiesLayouts',
  'workflows',
];
