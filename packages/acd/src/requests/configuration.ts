import { configurationKeys, upload } from '../configuration.ts';
import type { RequestTable } from './request.ts';

/** Configuration requests carry no InvokeID and are answered with events. */
export const CONFIGURATION_REQUESTS: RequestTable = {
  CONFIG_REQUEST_KEY_EVENT: (centre, client) => {
    client.send(configurationKeys(client.version, centre.configuration()));
    return 'none';
  },
  CONFIG_REQUEST_EVENT: (centre, client, fields) => {
    const updates = fields.ConfigMsgMask === undefined ? undefined : Number(fields.ConfigMsgMask);
    centre.wantsUpdates(client, updates);
    client.stream(upload(Number(fields.ConfigInformation), client.version, centre.configuration()));
    return 'none';
  },
};
