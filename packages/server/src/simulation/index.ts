export { NoSimulationError, SimulationCommands } from './commands.ts';
export { PHONE_ACTIONS } from './phone-actions.ts';
export { simulationPlugin } from './plugin.ts';
