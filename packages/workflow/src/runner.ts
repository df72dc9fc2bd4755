/** Runs the workflows of a page: dialogs go in, windows are opened and requests sent by what is handed in. */
import type { Dialog } from '@poise/client';
import type { ActionEvent, BrowserPop, ExpandedAction, HttpRequest } from './action.ts';
import {
  NO_WORKFLOWS_RUN,
  problemsOf,
  type WorkflowRules,
  type WorkflowRun,
  type WorkflowState,
  type WorkflowStep,
  workflowsBegin,
  workflowsHear,
} from './engine.ts';

/** Workflows whose actions have not ended; bounds what a server that does not answer keeps waiting. */
export const RUNS_MAX = 20;

export interface WorkflowRunnerOptions {
  readonly rules: WorkflowRules;
  /** Opens a window, or uses the one of this name again; empty: a new one. @returns false: the browser did not let it */
  readonly openWindow: (url: string, windowName: string) => boolean;
  /** Tells the user of a window that the browser did not let open. */
  readonly blocked: (pop: BrowserPop) => void;
  /** Sends a request; rejects when it failed, and ends by itself. Own authorisation with location FINESSE only. */
  readonly request: (request: HttpRequest) => Promise<void>;
  /** Publishes `finesse.containerservices.workflowActionEvent`. @returns whether anybody listens */
  readonly publish: (event: ActionEvent) => boolean;
  /** A line for the log of the client. Call data and addresses are not in it. */
  readonly log: (line: string) => void;
}

export class WorkflowRunner {
  readonly #options: WorkflowRunnerOptions;
  #rules: WorkflowRules;
  #state: WorkflowState = NO_WORKFLOWS_RUN;
  /** The dialogs as they were; null: nothing was heard yet. */
  #dialogs: ReadonlyMap<string, Dialog> | null = null;
  #running = 0;
  #isStopped = false;

  constructor(options: WorkflowRunnerOptions) {
    this.#options = options;
    this.#rules = options.rules;
    for (const problem of problemsOf(options.rules.workflows)) options.log(problem);
  }

  /** Other workflows from now on. What has run for a call does not run again. */
  use(workflows: WorkflowRules['workflows']): void {
    this.#rules = { ...this.#rules, workflows };
    for (const problem of problemsOf(workflows)) this.#options.log(problem);
  }

  /**
   * The user's dialogs as they are now. The first time they are those that are there when the page is ready, also after it
   * was loaded anew; from then on what is another object has changed, and what is gone has ended.
   * @returns when all that follows is done; never rejects
   */
  async follow(dialogs: readonly Dialog[]): Promise<void> {
    const rules = this.#rules;
    const before = this.#dialogs;
    const now = new Map(dialogs.map((dialog) => [dialog.id, dialog]));
    this.#dialogs = now;
    if (before === null) return this.#take(workflowsBegin(rules, [...now.values()]));
    const gone = [...before.values()].filter(({ id }) => !now.has(id));
    const changed = [...now.values()].filter((dialog) => before.get(dialog.id) !== dialog);
    await Promise.all([
      ...gone.map((dialog) => this.#take(workflowsHear(rules, this.#state, dialog, true))),
      ...changed.map((dialog) => this.#take(workflowsHear(rules, this.#state, dialog, false))),
    ]);
  }

  /** What has not begun does not begin any more. */
  stop(): void {
    this.#isStopped = true;
  }

  async #take({ state, runs }: WorkflowStep): Promise<void> {
    this.#state = state;
    await Promise.all(runs.map((run) => this.#run(run)));
  }

  /** One action after the other; one that fails does not keep the next. */
  async #run({ workflow, trigger, dialogId, actions }: WorkflowRun): Promise<void> {
    const { log } = this.#options;
    if (this.#running >= RUNS_MAX) {
      log(`Workflow ${workflow} does not run: ${RUNS_MAX} others have not ended.`);
      return;
    }
    log(`Workflow ${workflow} runs: ${trigger}, dialog ${dialogId}.`);
    this.#running++;
    for (const action of actions) {
      if (this.#isStopped) break;
      try {
        await this.#do(action);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        log(`Workflow ${workflow}: action ${action.action} failed: ${why}.`);
      }
    }
    this.#running--;
  }

  async #do(action: ExpandedAction): Promise<void> {
    const { openWindow, blocked, request, publish, log } = this.#options;
    switch (action.type) {
      // Gadgets hear of what is carried out here, too, and before it (gadgets.md 7.5).
      case 'BROWSER_POP':
        publish(action.event);
        if (openWindow(action.url, action.windowName)) return;
        blocked(action);
        throw new Error('the browser did not let a window open');
      case 'HTTP_REQUEST':
        publish(action.event);
        return request(action);
      case 'PUBLISH':
        log(`Action ${action.action} is for gadgets${publish(action.event) ? '' : '; none listens'}.`);
        return;
      case 'PROBLEM':
        throw new Error(action.problem);
    }
  }
}
