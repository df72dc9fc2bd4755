/** MaintenanceMode of this node, for administrators (rest-api.md 9). It is ended with `poise maintenance end`. */
import { failure } from '../../domain/errors.ts';
import { MAINTENANCE_MODE } from '../../objects/maintenance-mode.ts';
import { lastChild, readRoot } from '../../objects/request.ts';
import { objectWriter } from '../../objects/writer.ts';
import { type Answer, accepted, failed, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';

const ROOT = 'MaintenanceMode';

function getMaintenanceMode(call: Call): Answer {
  const { maintenance, presenter } = call.dependencies;
  call.announce(call.principal!.loginId, '');
  const { report } = maintenance;
  if (report === null) return failed(failure('NOT_FOUND', ROOT));
  return ok(objectWriter(MAINTENANCE_MODE, presenter.profile).document(report));
}

/** A body is not needed; of one that is there only the requestId counts. */
function postMaintenanceMode(call: Call): Answer {
  if (call.body !== undefined && call.body.length > 0) {
    const root = readRoot(call.body, ROOT);
    if (!root.ok) return failed(root.failure);
    const unusableId = call.adoptRequestId(lastChild(root.value, 'requestId')?.text);
    if (unusableId !== null) return failed(unusableId);
  }
  call.announce(call.principal!.loginId, '');
  if (!call.dependencies.maintenance.start())
    return failed(failure('INVALID_INPUT', ROOT, 'Maintenance mode is on already'));
  return accepted();
}

export const MAINTENANCE_MODE_RESOURCES: readonly Resource[] = [
  {
    path: ROOT,
    methods: {
      GET: {
        operation: 'maintenanceMode.read',
        request: 'maintenanceMode.GET',
        always: true,
        handle: getMaintenanceMode,
      },
      POST: {
        operation: 'maintenanceMode.write',
        request: 'maintenanceMode.POST',
        handle: postMaintenanceMode,
      },
    },
  },
];
