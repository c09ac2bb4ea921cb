/** Steps in words. Pure. */
import type { RecipeStep } from '../model/index.js';

/** One line for people: `run: nginx -t`; as long as the step is. */
export function describeStep(step: RecipeStep): string {
  switch (step.kind) {
    case 'packages':
      return `packages: ${step.packages.join(' ')}`;
    case 'files':
      return `files: ${step.files.map(({ path }) => path).join(' ')}`;
    case 'remove':
      return `remove: ${step.paths.join(' ')}`;
    case 'run':
      return `run: ${step.text.trim().replace(/\s*\n\s*/g, '; ')}`;
  }
}
