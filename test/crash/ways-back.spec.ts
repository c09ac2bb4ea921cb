/** The agent may die at any moment of what takes a version away: see matrix.ts. */
import { describeDeath } from './matrix.js';

describeDeath('rollback');
describeDeath('restore');
describeDeath('removal');
