/** The agent may die at any moment of what brings a version: see matrix.ts. Beside the ways back, in a process of its own. */
import { describeDeath } from './matrix.js';

describeDeath('install');
describeDeath('swap');
describeDeath('seal');
describeDeath('rehearsal');
