export { countProbe, noProbesYet, type ProbeCount } from './verdict.js';
