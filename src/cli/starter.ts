/** The definition that `image import` offers, such that the reader of definitions takes it: what it refuses of an image's words is left out. Pure. */
import { isWarning, parseRack } from '../definition/index.js';
import { type StarterInput, starterDefinition } from '../report/index.js';

/** Text of the file, and what is wrong with it all the same, a line each: for whoever has to correct it. */
export function validStarter(input: StarterInput): {
  readonly text: string;
  readonly problems: readonly string[];
} {
  const refused = new Set<string>();
  for (;;) {
    const text = starterDefinition(input, refused);
    const errors = parseRack(Buffer.from(text)).findings.filter((finding) => !isWarning(finding));
    const before = refused.size;
    for (const { pointer } of errors) {
      const field = serviceField(pointer, input.name);
      if (field !== null) refused.add(field);
    }
    // Each turn leaves out something more, of a few fields and the variables.
    if (refused.size === before) return { text, problems: errors.map(({ message }) => message) };
  }
}

/** `/services/web/env/HOME` → `env/HOME`, `/services/web/command/0` → `command`; null for what is not of the service. */
function serviceField(pointer: string, service: string): string | null {
  const [, services, name, field, variable] = pointer.split('/');
  if (services !== 'services' || name !== service || field === undefined) return null;
  return field === 'env' && variable !== undefined ? `env/${variable}` : field;
}
