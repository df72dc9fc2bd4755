/** The store's layouts, in memory: what is written is in the test directory at once, as after a transaction. */
import type { RestDependencies } from '../../src/rest/dependencies.ts';
import { StoreError } from '../../src/store/store-error.ts';
import type { TestDirectorySource } from './test-directory.ts';

export function layoutsIn(directory: TestDirectorySource): RestDependencies['change'] {
  const desktopLayouts = {
    save: async (layout: { teamId: number | null; xml: string; useDefault: boolean }) => {
      const others = (directory.data.desktopLayouts ?? []).filter(({ teamId }) => teamId !== layout.teamId);
      directory.replace({ ...directory.data, desktopLayouts: [...others, layout] });
    },
  };
  type Layout = NonNullable<typeof directory.data.mediaPropertiesLayouts>[number];
  type Change = Omit<Layout, 'id' | 'isDefault'>;
  const all = () => directory.data.mediaPropertiesLayouts ?? [];
  const put = (layouts: readonly Layout[]) =>
    directory.replace({ ...directory.data, mediaPropertiesLayouts: layouts });
  const refuseDuplicate = (name: string, id?: number) => {
    if (all().some((layout) => layout.name === name && layout.id !== id))
      throw new StoreError('duplicate', 'The name is used.', ['name']);
  };
  const mediaPropertiesLayouts = {
    create: async (layout: Change) => {
      refuseDuplicate(layout.name);
      const id = Math.max(0, ...all().map((known) => known.id)) + 1;
      put([...all(), { ...layout, id, isDefault: false }]);
      return id;
    },
    update: async (id: number, layout: Change) => {
      refuseDuplicate(layout.name, id);
      put(all().map((known) => (known.id === id ? { ...known, ...layout } : known)));
    },
    remove: async (id: number) => put(all().filter((known) => known.id !== id)),
  };
  return (work) => work({ desktopLayouts, mediaPropertiesLayouts } as never);
}
