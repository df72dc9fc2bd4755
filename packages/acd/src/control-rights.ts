import { ServiceMask } from '@poise/ged188';
import type { AgentModel, AgentView } from './agent-model.ts';
import { type CtiClient, hasService } from './client.ts';

/** Who may control which device: a bridge every one, a desktop its own, a supervisor's desktop those of the own teams. */

/** The agent of a CLIENT_EVENTS session: the one it is bound to, else whoever is signed in on its phone. */
export function boundAgent(
  model: AgentModel,
  { binding }: Pick<CtiClient, 'binding'>,
): AgentView | undefined {
  if (binding?.agentId != null) return model.agent(binding.agentId);
  return binding?.instrument == null ? undefined : model.agentOn(binding.instrument);
}

/** The phone of a CLIENT_EVENTS session: the one it is bound to, else the one its agent is signed in on. */
export function boundDevice(model: AgentModel, client: Pick<CtiClient, 'binding'>): string | null {
  return client.binding?.instrument ?? boundAgent(model, client)?.instrument ?? null;
}

/** Whether a client may control calls of a device (an extension). */
export function mayControlDevice(model: AgentModel, client: CtiClient, device: string): boolean {
  if (hasService(client, ServiceMask.ALL_EVENTS)) return true;
  if (client.binding === null) return false;
  return boundDevice(model, client) === device || supervises(model, client, model.agentOn(device));
}

/** A supervisor's session, and an agent of the supervisor's teams. */
export function supervises(model: AgentModel, client: CtiClient, agent: AgentView | undefined): boolean {
  const team = agent?.profile.teamId;
  return (
    team != null &&
    hasService(client, ServiceMask.SUPERVISOR) &&
    boundAgent(model, client)?.profile.supervisorOf.includes(team) === true
  );
}
