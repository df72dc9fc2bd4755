/** `finesse.shortcutkey`. */
export { type ShortcutKey, ShortcutKeyService } from './shortcut-key-service.ts';
