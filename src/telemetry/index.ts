export { createLog, type LogLevel } from './log.js';
export { redact } from './redact.js';
