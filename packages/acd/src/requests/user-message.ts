import { type CtiMessage, FailureStatus, type FieldsOf, MessageDistribution } from '@poise/ged188';
import type { CtiClient } from '../client.ts';
import type { ContactCentre } from '../contact-centre.ts';
import { type RequestTable, status, text } from './request.ts';

/** USER_MESSAGE_REQ: text from client to client, and the small requests without a theme of their own. */

export const MISCELLANEOUS_REQUESTS: RequestTable = {
  CLIENT_EVENT_REPORT_REQ: () => ({ conf: 'CLIENT_EVENT_REPORT_CONF' }),

  USER_MESSAGE_REQ: (centre, client, fields) => {
    const recipients = recipientsOf(centre, client, fields);
    if (typeof recipients === 'number') return status(recipients);
    const event: CtiMessage = {
      name: 'USER_MESSAGE_EVENT',
      fields: {
        ICMCentralControllerTime: centre.time(),
        Distribution: Number(fields.Distribution),
        ClientID: client.clientId,
        Text: fields.Text,
      },
    };
    for (const recipient of recipients) recipient.send(event);
    return { conf: 'USER_MESSAGE_CONF' };
  },
};

/** @returns who gets a user message, or the FailureStatus of the refusal */
function recipientsOf(
  centre: ContactCentre,
  sender: CtiClient,
  fields: FieldsOf<'USER_MESSAGE_REQ'>,
): Iterable<CtiClient> | number {
  const { model, router } = centre;
  const own = centre.boundAgent(sender)?.profile;
  switch (Number(fields.Distribution)) {
    case MessageDistribution.ALL:
      return [...router.clients].filter((client) => client !== sender);
    case MessageDistribution.CLIENT: {
      const clientId = text(fields.ClientID);
      const named =
        clientId !== undefined
          ? [...router.clients].find((client) => client.clientId === clientId)
          : router.holder({
              agentId: text(fields.AgentID) ?? null,
              instrument: text(fields.AgentInstrument) ?? text(fields.AgentExtension) ?? null,
            });
      return named ? [named] : FailureStatus.CLIENT_NOT_FOUND;
    }
    case MessageDistribution.SUPERVISOR: {
      const supervisors = own?.teamId == null ? [] : model.roster.supervisors(own.teamId);
      if (supervisors.length === 0) return FailureStatus.SUPERVISOR_NOT_FOUND;
      return desktopsOf(
        centre,
        supervisors.map((agent) => agent.loginId),
      );
    }
    case MessageDistribution.TEAM: {
      if (own?.teamId == null) return FailureStatus.TEAM_NOT_FOUND;
      const members = model.roster.members(own.teamId).map((agent) => agent.loginId);
      return desktopsOf(centre, members).filter((client) => client !== sender);
    }
    default:
      return FailureStatus.INVALID_DISTRIBUTION_TYPE;
  }
}

/** The CLIENT_EVENTS sessions of agents, where they have one. */
export function desktopsOf({ model, router }: ContactCentre, loginIds: readonly string[]): CtiClient[] {
  return loginIds.flatMap((id) => router.desktopOf(id, model.agent(id)?.instrument ?? null) ?? []);
}
