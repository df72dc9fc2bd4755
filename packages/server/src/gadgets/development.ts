/** What a developer's folder needs beside its files: a place in the layout, and somebody who sees when it changes. */
import { watch } from 'node:fs';

export interface DevelopedGadget {
  readonly name: string;
  /** Gadget files, as paths below the folder. */
  readonly files: readonly string[];
}

/** A layout with the gadgets in a tab in front of the others, for each role. */
export function layoutWithGadgets(layout: string, { name, files }: DevelopedGadget): string {
  const escaped = (text: string) => text.replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`);
  const urlOf = (file: string) =>
    `/3rdpartygadget/files/${[name, ...file.split('/')].map(encodeURIComponent).join('/')}`;
  const gadgets = files.map((file) => `<gadget>${escaped(urlOf(file))}</gadget>`).join('');
  const tab = `<tab><id>gadgetInDevelopment</id><label>${escaped(name)}</label><gadgets>${gadgets}</gadgets></tab>`;
  return layout.replaceAll('<tabs>', () => `<tabs>${tab}`);
}

export interface FolderWatch {
  /** Grows with every change below the folder. */
  readonly count: () => number;
  close(): void;
}

export function watchFolder(dir: string): FolderWatch {
  let changes = 0;
  const watcher = watch(dir, { recursive: true }, () => {
    changes++;
  });
  // The folder itself went away: what was served is still there.
  watcher.on('error', () => watcher.close());
  return { count: () => changes, close: () => watcher.close() };
}
