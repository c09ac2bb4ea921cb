export { type AgentDeps, runAgent } from './agent.js';
export { askAgent, type ControlAnswer, type ControlRequest } from './control.js';
export { createSchedule, pollProblem } from './schedule.js';
