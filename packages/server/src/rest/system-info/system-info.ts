/** SystemInfo: without credentials, and also while the server is out of service. */
import { SYSTEM_INFO, SYSTEM_INFO_TIMESTAMP } from '../../objects/system-info.ts';
import { objectWriter } from '../../objects/writer.ts';
import { type Answer, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';

function getSystemInfo(call: Call): Answer {
  const { presenter, systemInfo } = call.dependencies;
  const description = call.query.has('timestamponly') ? SYSTEM_INFO_TIMESTAMP : SYSTEM_INFO;
  return ok(objectWriter(description, presenter.profile).document(systemInfo()));
}

export const SYSTEM_INFO_RESOURCES: readonly Resource[] = [
  {
    path: 'SystemInfo',
    methods: {
      GET: { operation: 'systemInfo.get', request: 'systemInfo.GET', always: true, handle: getSystemInfo },
    },
  },
];
