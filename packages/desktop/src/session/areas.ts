/**
 * The areas of the page that have their own state and their own talk with the server. They outlive a sign-in, so that
 * who draws them need not care; what they know does not.
 */
import type { Update } from '@poise/client';
import {
  type ConfigurationClient,
  ConfigurationControl,
  type ConfigurationOptions,
} from './configuration-control.ts';
import { type HistoryClient, HistoryControl } from './history-control.ts';
import { type MessageClient, MessageControl } from './message-control.ts';
import { type QueueClient, QueueControl } from './queue-control.ts';
import { type TeamClient, TeamControl } from './team-control.ts';
import { type WorkflowClient, WorkflowControl, type WorkflowOptions } from './workflow-control.ts';

export type AreaClient = TeamClient &
  QueueClient &
  HistoryClient &
  MessageClient &
  WorkflowClient &
  ConfigurationClient;

export interface AreasOptions extends WorkflowOptions, Omit<ConfigurationOptions, 'configured'> {
  readonly configured: Omit<ConfigurationOptions['configured'], 'loadWorkflows'>;
}

export class Areas {
  readonly team: TeamControl;
  readonly queues: QueueControl;
  readonly history: HistoryControl;
  readonly messages: MessageControl;
  readonly workflows: WorkflowControl;
  readonly #configuration: ConfigurationControl;

  constructor(options: AreasOptions) {
    this.team = new TeamControl(options);
    this.queues = new QueueControl(options);
    this.history = new HistoryControl(options);
    this.messages = new MessageControl(options);
    this.workflows = new WorkflowControl(options);
    const loadWorkflows = () => this.workflows.load();
    this.#configuration = new ConfigurationControl({
      ...options,
      configured: { ...options.configured, loadWorkflows },
    });
  }

  /** Somebody signs in with this client. */
  begin(client: AreaClient): void {
    for (const area of this.#all()) area.begin(client);
  }

  /** The agent works from here on: what is not needed before. */
  load(): void {
    this.messages.load();
    this.workflows.load();
    this.#configuration.load();
  }

  /** Nobody is signed in any more. */
  end(): void {
    for (const area of this.#all()) area.end();
  }

  heard(update: Update): void {
    for (const area of this.#all()) area.heard(update);
  }

  /** Reads again what events may have been missed of. Rejects when that failed and may go better later. */
  async recover(): Promise<void> {
    await Promise.all(this.#all().map((area) => area.recover()));
  }

  #all() {
    return [
      this.team,
      this.queues,
      this.history,
      this.messages,
      this.workflows,
      this.#configuration,
    ] as const;
  }
}
