import { arrayOf } from './data.ts';
import { RestBase, type RestData } from './rest-base.ts';
import { RestCollectionBase } from './rest-collection-base.ts';

/** What a workflow does. */
export class WorkflowAction extends RestBase {
  /** Who runs an action. */
  static readonly HandledBy = {
    FINESSE: 'FINESSE',
    FINESSE_DESKTOP: 'FINESSE_DESKTOP',
    OTHER: 'OTHER',
  } as const;
  static readonly Types = { BROWSER_POP: 'BROWSER_POP', HTTP_REQUEST: 'HTTP_REQUEST' } as const;

  override getRestType(): string {
    return 'WorkflowAction';
  }
  getName(): string {
    return this.textOf('name');
  }
  getType(): string {
    return this.textOf('type');
  }
  getHandledBy(): string {
    return this.textOf('handledBy');
  }
  /** `{name, value}` each; always an array. */
  getParams(): RestData[] {
    return arrayOf<RestData>((this.member('params') as RestData | null | undefined)?.Param);
  }
  /** `{name, type, node, testValue}` each; always an array. */
  getActionVariables(): RestData[] {
    return arrayOf<RestData>((this.member('actionVariables') as RestData | null | undefined)?.ActionVariable);
  }
}

/** The actions of the system: `/finesse/api/WorkflowActions`, or those of a workflow. */
export class WorkflowActions extends RestCollectionBase<WorkflowAction> {
  override getRestType(): string {
    return 'WorkflowActions';
  }
  override getRestItemType(): string {
    return 'WorkflowAction';
  }
  protected override makeItem(id: string, data: RestData): WorkflowAction {
    return new WorkflowAction({ id, data, parentObj: this, autoSubscribe: false });
  }
}

/** A workflow. */
export class Workflow extends RestBase {
  override getRestType(): string {
    return 'Workflow';
  }
  getName(): string {
    return this.textOf('name');
  }
  getDescription(): string {
    return this.textOf('description');
  }
  getTriggerSet(): RestData | undefined {
    return (this.member('TriggerSet') as RestData | null | undefined) ?? undefined;
  }
  getConditionSet(): RestData | undefined {
    return (this.member('ConditionSet') as RestData | null | undefined) ?? undefined;
  }
  /** The actions in their order, as a collection that is loaded. */
  getWorkflowActions(): WorkflowActions {
    const data = (this.member('workflowActions') as RestData | null | undefined) ?? {};
    return new WorkflowActions({ parentObj: this, data, autoSubscribe: false });
  }
}

/** The workflows of a user: `/finesse/api/User/{id}/Workflows`. */
export class Workflows extends RestCollectionBase<Workflow> {
  override getRestType(): string {
    return 'Workflows';
  }
  override getRestItemType(): string {
    return 'Workflow';
  }
  protected override makeItem(id: string, data: RestData): Workflow {
    return new Workflow({ id, data, parentObj: this, autoSubscribe: false });
  }
}
