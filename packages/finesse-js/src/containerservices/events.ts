/** Event objects of ContainerServices; they wrap the payloads of gadgets.md 7.5. */

/** A parameter of a workflow action, with its variables replaced in `expandedValue`. */
export interface WorkflowParam {
  readonly name: string;
  readonly value: string | null;
  readonly expandedValue: string | null;
}

export interface WorkflowVariable {
  readonly name: string;
  readonly type: string;
  readonly node: string | null;
  readonly testValue: string | null;
  readonly actualValue: string | null;
}

const byName = <T extends { readonly name: string }>(
  all: readonly T[] | null | undefined,
): Record<string, T> => Object.fromEntries((all ?? []).map((each) => [each.name, each]));

const HANDLED_BY = { FINESSE: 'FINESSE', OTHER: 'OTHER' } as const;

/** A workflow of the agent's team has begun an action. */
export class WorkflowActionEvent {
  /** Who runs the action: the desktop, or gadgets. */
  static readonly HandledBy = HANDLED_BY;

  private readonly payload: {
    readonly name?: string;
    readonly type?: string;
    readonly handledBy?: string;
    readonly params?: readonly WorkflowParam[];
    readonly actionVariables?: readonly WorkflowVariable[];
  };

  constructor(payload: unknown) {
    this.payload = (payload ?? {}) as WorkflowActionEvent['payload'];
  }
  getName(): string {
    return this.payload.name ?? '';
  }
  /** BROWSER_POP or HTTP_REQUEST. */
  getType(): string {
    return this.payload.type ?? '';
  }
  /** One of WorkflowActionEvent.HandledBy. */
  getHandledBy(): string {
    return this.payload.handledBy ?? '';
  }
  /** Parameters by name, each `{name, value, expandedValue}`. */
  getParams(): Record<string, WorkflowParam> {
    return byName(this.payload.params);
  }
  /** Variables by name, each `{name, type, node, testValue, actualValue}`. */
  getActionVariables(): Record<string, WorkflowVariable> {
    return byName(this.payload.actionVariables);
  }
}

/** Once a second. */
export class TimerTickEvent {
  private readonly payload: { readonly dateQueued?: number | string };
  constructor(payload: unknown) {
    this.payload = (payload ?? {}) as TimerTickEvent['payload'];
  }
  /** When the desktop sent it. */
  getDateQueued(): Date {
    return new Date(this.payload.dateQueued ?? Number.NaN);
  }
}

/** How a gadget is shown. */
export interface GadgetView {
  readonly gadgetId: string;
  readonly tabId: string;
  readonly maxAvailableHeight: number;
  /** `default`, or `canvas` while it is maximised. */
  readonly view: string;
}

/** A gadget was maximised or restored. */
export class GadgetViewChangedEvent {
  private readonly payload: Partial<GadgetView>;
  constructor(payload: unknown) {
    this.payload = (payload ?? {}) as Partial<GadgetView>;
  }
  getGadgetId(): string {
    return String(this.payload.gadgetId ?? '');
  }
  getTabId(): string {
    return String(this.payload.tabId ?? '');
  }
  /** Pixels. */
  getMaxAvailableHeight(): number {
    return Number(this.payload.maxAvailableHeight ?? 0);
  }
  getView(): string {
    return this.payload.view ?? 'default';
  }
}

/** There is more or less room for maximised gadgets. */
export class MaxAvailableHeightChangedEvent {
  private readonly payload: { readonly maxAvailableHeight?: number };
  constructor(payload: unknown) {
    this.payload = (payload ?? {}) as MaxAvailableHeightChangedEvent['payload'];
  }
  /** Pixels. */
  getMaxAvailableHeight(): number {
    return Number(this.payload.maxAvailableHeight ?? 0);
  }
}
