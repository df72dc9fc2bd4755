/**
 * Workflows between the store and the server (desktop.md 14): read once after the sign-in, then fed with the dialogs of the
 * store, and with nothing else.
 */
import { ApiError, type PoiseClient, type Workflow } from '@poise/client';
import type { BrowserPop, HttpRequest, WorkflowRunner } from '@poise/workflow';
import { type AreaOptions, isPassing, Reading } from './area-control.ts';
import type { Calls } from './calls.ts';
import { type Hub, WORKFLOW_ACTION_EVENT } from './hub.ts';
import type { Page } from './notices.ts';
import type { Outside } from './outside.ts';
import type { AgentUser } from './store.ts';

/** The part of the SDK that workflows need. */
export type WorkflowClient = Pick<PoiseClient, 'workflows' | 'sendText'>;

/** How long the answer of another server may take, ms; the own server has the time limit of the SDK. */
export const OUTSIDE_TIMEOUT_MS = 10_000;

type Engine = Pick<typeof import('@poise/workflow'), 'WorkflowRunner'>;

export interface WorkflowOptions extends AreaOptions {
  /** A line for the log of the client. */
  readonly log: (line: string) => void;
  readonly hub: Pick<Hub, 'publish'>;
  readonly outside: Outside;
  /** Default: a chunk of its own, since most agents have no workflows. */
  readonly engine?: () => Promise<Engine>;
}

export class WorkflowControl {
  readonly #o: WorkflowOptions;
  readonly #reading = new Reading();
  #client: WorkflowClient | null = null;
  /** What has to be done as soon as the dialogs are known. */
  #start: ((user: AgentUser) => WorkflowRunner) | null = null;
  #runner: WorkflowRunner | null = null;
  #seen: Calls | null = null;
  #unsubscribe: () => void = () => {};
  #ended = new AbortController();

  constructor(options: WorkflowOptions) {
    this.#o = options;
  }

  begin(client: WorkflowClient): void {
    this.end();
    this.#client = client;
    this.#ended = new AbortController();
  }

  end(): void {
    this.#reading.stop();
    this.#unsubscribe();
    this.#runner?.stop();
    this.#ended.abort();
    this.#client = null;
    this.#start = null;
    this.#runner = null;
    this.#seen = null;
  }

  /** The dialogs of the store are the only source. */
  heard(): void {}

  /** What was read at the sign-in stays until the next one. */
  async recover(): Promise<void> {}

  /** After the sign-in, and when an administrator has changed them. */
  load(): void {
    const client = this.#client;
    if (client === null) return;
    const { clock, engine = () => import('@poise/workflow') } = this.#o;
    let isTold = false;
    void this.#reading.run(
      clock,
      async () => {
        const workflows = await client.workflows();
        const isNeeded = workflows.length > 0 || this.#runner !== null;
        return isNeeded ? { workflows, engine: await engine() } : null;
      },
      (answer) => {
        if (answer === null) return;
        if (this.#runner === null) this.#ready(answer.workflows, answer.engine, client);
        else {
          this.#log(`${answer.workflows.length} read anew`);
          this.#runner.use(answer.workflows);
        }
      },
      (error) => {
        const isTried = isPassing(error);
        if (!isTold && !isAbsent(error))
          this.#o.store.dispatch({
            type: 'notice',
            notice: { kind: 'other', sentence: { key: 'notices.workflows' } },
            at: clock.now(),
          });
        if (!isTold) this.#log(`not read${isTried ? ', asked for again' : ''}: ${reasonOf(error)}`);
        isTold = true;
        return isTried;
      },
    );
  }

  /** Opens what the browser did not let open: after a click it does. */
  open({ url, windowName }: Page): void {
    this.#o.outside.openWindow(url, windowName);
  }

  #ready(workflows: readonly Workflow[], { WorkflowRunner }: Engine, client: WorkflowClient): void {
    const { outside, store, hub } = this.#o;
    this.#log(`${workflows.length} read`);
    outside.prepare();
    this.#start = (user) => {
      const { loginId, loginName = '', firstName, lastName, extension, teamName } = user;
      return new WorkflowRunner({
        rules: {
          workflows,
          user: { loginId, loginName, firstName, lastName, extension, teamName },
          consultCalls: store.snapshot().layout?.properties.triggerWorkFlowForConsult ?? true,
        },
        openWindow: (url, windowName) => outside.openWindow(url, windowName),
        blocked: (pop) => this.#blocked(pop),
        request: (request) => this.#request(request, client),
        publish: (event) => hub.publish(WORKFLOW_ACTION_EVENT, event),
        log: (line) => this.#log(line),
      });
    };
    this.#unsubscribe();
    this.#unsubscribe = store.subscribe(() => this.#look());
    this.#look();
  }

  /** Nothing counts before the list was read: which call was alone is not known until then. */
  #look(): void {
    const { phase, user, calls } = this.#o.store.snapshot();
    // A sign-out empties the list, and ends no call.
    if (phase !== 'signed-in' || user === null || !calls.isRead || calls.dialogs === this.#seen) return;
    this.#seen = calls.dialogs;
    this.#runner ??= this.#start?.(user) ?? null;
    void this.#runner?.follow(calls.dialogs);
  }

  #blocked({ action, url, windowName }: BrowserPop): void {
    const { store, clock } = this.#o;
    store.dispatch({
      type: 'notice',
      notice: {
        kind: 'other',
        sentence: { key: 'notices.windowBlocked', values: { name: action } },
        page: { url, windowName },
      },
      at: clock.now(),
    });
  }

  async #request(request: HttpRequest, client: WorkflowClient): Promise<void> {
    const { method, location, url, contentType, body } = request;
    if (location === 'FINESSE')
      return client.sendText({
        method,
        path: url,
        ...(contentType !== null && { contentType }),
        ...(body !== null && { body }),
      });
    const { outside, clock } = this.#o;
    const late = new AbortController();
    const timer = clock.schedule(OUTSIDE_TIMEOUT_MS, () => late.abort());
    try {
      const status = await outside.request(request, AbortSignal.any([late.signal, this.#ended.signal]));
      if (status < 200 || status > 299) throw new Error(`the answer was ${status}`);
    } catch (error) {
      if (late.signal.aborted) throw new Error(`no answer within ${OUTSIDE_TIMEOUT_MS} ms`);
      throw error;
    } finally {
      timer.cancel();
    }
  }

  #log(line: string): void {
    this.#o.log(`Workflows : ${line}`);
  }
}

/** A server that has no workflows. */
const isAbsent = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 404 || error.status === 501);

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
