/** Feature tabs: `gadgets.TabSet`, with the classes that gadgets style (gadgets.md 4). */

interface TabOptions {
  readonly contentContainer?: HTMLElement;
  readonly callback?: (contentId: string) => void;
  readonly tooltip?: string;
  readonly index?: number;
}

export interface Tab {
  getName(): string;
  getNameContainer(): HTMLElement;
  getContentContainer(): HTMLElement;
  getCallback(): ((contentId: string) => void) | null;
  getIndex(): number;
}

export interface TabSet {
  addTab(name: string, options?: TabOptions | string, callback?: (contentId: string) => void): string;
  removeTab(index: number): void;
  getSelectedTab(): Tab | undefined;
  setSelectedTab(index: number): void;
  swapTabs(index: number, other: number): void;
  getTabs(): Tab[];
  alignTabs(align: 'left' | 'center' | 'right', offset?: number): void;
  displayTabs(display: boolean): void;
  getHeaderContainer(): HTMLElement;
}

export type TabSetClass = new (
  moduleId?: unknown,
  defaultTab?: string | null,
  container?: HTMLElement | null,
) => TabSet;

/** More than anybody can see; a gadget that adds them in a loop stops here. */
const TABS_MAX = 100;
let sets = 0;

export function tabSetClass(document: Document): TabSetClass {
  return class GadgetTabs implements TabSet {
    readonly #id = `tabs_${++sets}`;
    readonly #default: string | null;
    readonly #root: HTMLElement;
    readonly #header: HTMLElement;
    #tabs: Tab[] = [];
    #selected: Tab | undefined;
    #count = 0;

    constructor(_moduleId?: unknown, defaultTab?: string | null, container?: HTMLElement | null) {
      this.#default = defaultTab ?? null;
      this.#root = container ?? document.createElement('div');
      if (!container) document.body.prepend(this.#root);
      this.#header = document.createElement('div');
      this.#header.className = 'tablib_table';
      this.#header.setAttribute('role', 'tablist');
      this.#root.prepend(this.#header);
    }

    addTab(name: string, options: TabOptions | string = {}, callback?: (contentId: string) => void): string {
      const given = typeof options === 'string' ? {} : options;
      const old = typeof options === 'string' ? document.getElementById(options) : null;
      const content = given.contentContainer ?? old ?? document.createElement('div');
      if (this.#tabs.length >= TABS_MAX) return '';
      const key = ++this.#count;
      if (content.id === '') content.id = `${this.#id}_content_${key}`;
      if (!content.isConnected) this.#root.append(content);
      content.classList.add('tablib_content_container');
      content.setAttribute('role', 'tabpanel');
      content.style.display = 'none';
      const label = document.createElement('span');
      label.id = `${this.#id}_tab_${key}`;
      label.setAttribute('role', 'tab');
      label.setAttribute('aria-controls', content.id);
      label.tabIndex = 0;
      if (given.tooltip) label.title = given.tooltip;
      label.innerHTML = name;
      const tab: Tab = {
        getName: () => name,
        getNameContainer: () => label,
        getContentContainer: () => content,
        getCallback: () => given.callback ?? callback ?? null,
        getIndex: () => this.#tabs.indexOf(tab),
      };
      label.addEventListener('click', () => this.#select(tab));
      label.addEventListener('keydown', ({ key: pressed }) => {
        if (pressed === 'Enter' || pressed === ' ') this.#select(tab);
      });
      const at = given.index !== undefined && given.index >= 0 ? given.index : this.#tabs.length;
      this.#tabs.splice(at, 0, tab);
      this.#draw();
      if (this.#selected === undefined && (this.#default === null || this.#default === name))
        this.#select(tab);
      return content.id;
    }

    removeTab(index: number) {
      const tab = this.#tabs[index];
      if (!tab) return;
      this.#tabs = this.#tabs.filter((each) => each !== tab);
      tab.getNameContainer().remove();
      tab.getContentContainer().remove();
      if (this.#selected !== tab) return;
      this.#selected = undefined;
      const next = this.#tabs[Math.min(index, this.#tabs.length - 1)];
      if (next) this.#select(next);
    }

    getSelectedTab() {
      return this.#selected;
    }

    setSelectedTab(index: number) {
      const tab = this.#tabs[index];
      if (tab) this.#select(tab);
    }

    swapTabs(index: number, other: number) {
      const [first, second] = [this.#tabs[index], this.#tabs[other]];
      if (!first || !second) return;
      this.#tabs[index] = second;
      this.#tabs[other] = first;
      this.#draw();
    }

    getTabs() {
      return [...this.#tabs];
    }

    alignTabs(align: 'left' | 'center' | 'right', offset = 3) {
      this.#header.style.textAlign = align;
      this.#header.style.paddingInline = `${offset}px`;
    }

    displayTabs(display: boolean) {
      this.#header.style.display = display ? '' : 'none';
    }

    getHeaderContainer() {
      return this.#header;
    }

    #draw() {
      for (const tab of this.#tabs) {
        const isSelected = tab === this.#selected;
        const label = tab.getNameContainer();
        label.className = isSelected ? 'tablib_selected' : 'tablib_unselected';
        label.setAttribute('aria-selected', String(isSelected));
        tab.getContentContainer().style.display = isSelected ? 'block' : 'none';
        this.#header.append(label);
      }
    }

    #select(tab: Tab) {
      this.#selected = tab;
      this.#draw();
      tab.getCallback()?.(tab.getContentContainer().id);
    }
  };
}
