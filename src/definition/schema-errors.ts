/** The validator's errors as findings: one for each wrong field, in words of the definition rather than of JSON Schema. Decides nothing itself. */
import type { ErrorObject } from 'ajv/dist/2020.js';
import { didYouMean } from '../lib/index.js';
import { durationLimits, rangeText } from './durations.js';
import { fieldRule } from './field-rules.js';
import { type Finding, pointerPart, quoted, shown } from './finding.js';
import { plainLetters, strangeLetters } from './look-alikes.js';
import type { Places } from './places.js';
import { exampleOf, foundText, isRecord, typeText } from './words.js';

/** At most one finding for each pointer, in the validator's order. */
export function schemaFindings(errors: readonly ErrorObject[], places: Places): readonly Finding[] {
  const kept = dropMisspelt(dropOtherBranches(errors));
  const byPointer = new Map<string, Finding>();
  for (const error of kept) {
    const finding = findingOf(error, places);
    if (finding !== null && !byPointer.has(finding.pointer)) byPointer.set(finding.pointer, finding);
  }
  return [...byPointer.values()];
}

/** `imge:` is one mistake: that `image` is missing follows from it. */
function dropMisspelt(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const meant = new Set(
    errors
      .filter((error) => error.keyword === 'additionalProperties')
      .map((error) => `${error.instancePath}/${meantField(error) ?? ''}`),
  );
  return errors.filter(({ keyword, instancePath, params, schema }) => {
    const isMeant = (name: string): boolean => meant.has(`${instancePath}/${name}`);
    if (keyword === 'oneOf') return !alternatives(instancePath, schema)[1].some(isMeant);
    return keyword !== 'required' || !isMeant(String(params.missingProperty));
  });
}

/** The known field that an unknown one resembles, or null. */
function meantField(error: ErrorObject): string | null {
  return didYouMean(plainLetters(String(error.params.additionalProperty)), knownFields(error.parentSchema));
}

function knownFields(schema: unknown): readonly string[] {
  return isRecord(schema) && isRecord(schema.properties) ? Object.keys(schema.properties) : [];
}

/** Where alternatives are allowed, only the errors of the one that was meant are of interest. */
function dropOtherBranches(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const alternatives = errors.filter((e) => e.keyword === 'anyOf');
  return errors.filter((error) => {
    if (error.schemaPath.includes('/oneOf/')) return false;
    const parent = alternatives.find(
      (a) =>
        a !== error &&
        a.instancePath === error.instancePath &&
        error.schemaPath.startsWith(`${a.schemaPath}/`),
    );
    if (parent !== undefined) {
      const index = Number(error.schemaPath.slice(parent.schemaPath.length + 1).split('/')[0]);
      return meantBranch(parent) === index;
    }
    return error.keyword !== 'anyOf' || meantBranch(error) === -1;
  });
}

/** Index of the alternative that takes values of this type, or -1. */
function meantBranch(error: ErrorObject): number {
  const branches: unknown = error.schema;
  if (!Array.isArray(branches)) return -1;
  const type = typeText(error.data);
  return branches.findIndex((branch) => {
    if (!isRecord(branch)) return false;
    return branch.type === type || (branch.type === 'integer' && type === 'number');
  });
}

function findingOf(error: ErrorObject, places: Places): Finding | null {
  const { keyword, params, data } = error;
  const pointer = error.instancePath;
  const parent: unknown = error.parentSchema;
  const make = (
    at: string,
    code: Finding['code'],
    message: string,
    hint: string,
    onKey = false,
  ): Finding => ({
    ...(onKey ? places.ofKey(at) : places.ofValue(at)),
    code,
    pointer: at,
    message,
    hint,
  });

  if (error.propertyName !== undefined) {
    const key = error.propertyName;
    const rule = fieldRule(definitionName(error));
    const message = `${quoted(key)} is not ${rule?.what ?? 'allowed as a key'}`;
    return make(
      `${pointer}/${pointerPart(key)}`,
      rule?.code ?? 'E_VALUE',
      message,
      rule?.hint ?? 'rename it',
      true,
    );
  }
  switch (keyword) {
    case 'propertyNames':
      return null;
    case 'additionalProperties': {
      const key = String(params.additionalProperty);
      const near = meantField(error);
      const hint =
        near === null ? `remove it; known are ${knownFields(parent).join(', ')}` : `did you mean "${near}"?`;
      const message = `unknown field ${quoted(key)}${strangeLetters(key)}`;
      return make(`${pointer}/${pointerPart(key)}`, 'E_UNKNOWN_FIELD', message, hint, true);
    }
    case 'required': {
      const key = String(params.missingProperty);
      if (key === 'sha256') {
        const what = pointer.split('/').at(-1) ?? 'image';
        const hint = `add what sha256sum prints for the ${what}`;
        return make(pointer, 'E_IMAGE_UNPINNED', `the ${what} has no sha256`, hint);
      }
      const field = isRecord(parent) && isRecord(parent.properties) ? parent.properties[key] : undefined;
      const example = exampleOf(field);
      const hint = example === null ? 'add it' : `add it, for example ${key}: ${example}`;
      return { ...make(pointer, 'E_REQUIRED', `"${key}" is missing`, hint), pointer: `${pointer}/${key}` };
    }
    case 'const':
      return make(
        pointer,
        'E_VALUE',
        `${foundText(data, places.sourceOf(pointer))} is not ${quoted(String(params.allowedValue))}`,
        `write ${String(params.allowedValue)}`,
      );
    case 'enum':
      return enumFinding(error, places, make);
    case 'uniqueItems': {
      const index = Math.max(Number(params.i), Number(params.j));
      return make(`${pointer}/${index}`, 'E_VALUE', 'listed twice', 'remove one of them');
    }
    case 'oneOf': {
      const [what, names] = alternatives(pointer, error.schema);
      const found = isRecord(data) ? names.filter((key) => key in data) : [];
      const message =
        found.length === 0
          ? `no ${what} is given`
          : `${found.join(' and ')} are given, one ${what} is wanted`;
      const list = `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
      return make(pointer, 'E_VALUE', message, `give exactly one of ${list}`);
    }
    case 'minItems':
    case 'minProperties':
      return make(
        pointer,
        'E_RANGE',
        'it is empty',
        isRecord(parent) && exampleOf(parent) !== null
          ? `for example ${exampleOf(parent)}`
          : 'give at least one, or remove the field',
      );
    case 'maxItems':
    case 'maxProperties':
      return make(
        pointer,
        'E_RANGE',
        `more than ${String(params.limit)} entries`,
        `use ${String(params.limit)} at most`,
      );
    default:
      return valueFinding(error, places, make);
  }
}

/** What there is one of at a place, and the fields that are it: the schema requires one of them in each branch. */
function alternatives(pointer: string, branches: unknown): readonly [string, readonly string[]] {
  const what = pointer === '/base' ? 'base' : pointer.startsWith('/steps/') ? 'change' : 'probe';
  const fields = (Array.isArray(branches) ? branches : []).flatMap((branch: unknown) =>
    isRecord(branch) && Array.isArray(branch.required) ? branch.required.map(String) : [],
  );
  return [what, fields];
}

type Make = (pointer: string, code: Finding['code'], message: string, hint: string) => Finding;

function enumFinding(error: ErrorObject, places: Places, make: Make): Finding {
  const allowed = Array.isArray(error.schema) ? error.schema.map(String) : [];
  const found = foundText(error.data, places.sourceOf(error.instancePath));
  const text = String(error.data).replace(/^SIG/, '');
  const near = didYouMean(text, allowed);
  const hint = `${near === null ? '' : `did you mean "${near}"? `}allowed are ${allowed.join(', ')}`;
  return make(error.instancePath, 'E_VALUE', `${found} is not allowed here`, hint);
}

/** Type, pattern, length and range: the field's own rule, if it has one, says it best. */
function valueFinding(error: ErrorObject, places: Places, make: Make): Finding {
  const { keyword, data, instancePath: pointer } = error;
  const source = places.sourceOf(pointer);
  const rule = fieldRule(definitionName(error));
  const found = foundText(data, source);
  const schema: unknown = error.parentSchema;

  if (keyword === 'type' || keyword === 'anyOf') {
    const limits = rule?.code === 'E_DURATION' && data === 0 ? durationLimits(pointer) : null;
    if (limits !== null)
      return make(pointer, 'E_RANGE', `0 is not ${rangeText(limits)}`, 'write a number with ms, s, m or h');
    if (rule?.anyType === true) return make(pointer, rule.code, `${found} is not ${rule.what}`, rule.hint);
    const wanted = keyword === 'type' ? typeWords(String(error.params.type)) : 'text';
    return make(
      pointer,
      'E_TYPE',
      `expected ${wanted}, found ${found}`,
      typeHint(wanted, data, source, pointer),
    );
  }
  if (keyword === 'minimum' || keyword === 'maximum') {
    const { minimum, maximum } = isRecord(schema) ? schema : {};
    if (definitionName(error) === 'mode') {
      return make(
        pointer,
        'E_AMBIGUOUS_NUMBER',
        `the number ${source ?? String(data)} is decimal`,
        'write "0644" in quotes, or 0o644',
      );
    }
    return make(
      pointer,
      'E_RANGE',
      `${source ?? String(data)} is not from ${String(minimum)} to ${String(maximum)}`,
      'correct the number',
    );
  }
  const text = String(data);
  if (keyword === 'maxLength') {
    const limit = String(error.params.limit);
    const code = rule?.code === 'E_PATH' ? 'E_PATH_LENGTH' : (rule?.code ?? 'E_RANGE');
    return make(
      pointer,
      code,
      `${quoted(text)} is ${[...text].length} characters long, ${limit} at most`,
      rule?.hint ?? 'shorten it',
    );
  }
  if (text === '' && rule?.code === 'E_PATH' && /^\/mounts\/\d+\/target$/.test(pointer)) {
    return make(pointer, 'E_PATH_ROOT', 'the target is empty', 'choose a directory below /');
  }
  if (rule !== undefined) return make(pointer, rule.code, `${quoted(text)} is not ${rule.what}`, rule.hint);
  const example = exampleOf(schema);
  return make(
    pointer,
    'E_VALUE',
    `${found} is not allowed here`,
    example === null ? 'correct it' : `for example ${example}`,
  );
}

function typeWords(type: string): string {
  const words: Readonly<Record<string, string>> = {
    string: 'text',
    integer: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a mapping',
  };
  return words[type] ?? type;
}

function typeHint(wanted: string, data: unknown, source: string | undefined, pointer: string): string {
  if (wanted === 'text' && (typeof data === 'number' || typeof data === 'boolean')) {
    return `write "${shown(source ?? String(data))}" in quotes`;
  }
  if (data === null) return 'give a value, or remove the field';
  if (pointer.endsWith('/command')) return 'write a list, [program, argument]: no shell takes part';
  if (wanted === 'a whole number' || wanted === 'a number')
    return 'write it without quotes, as a plain decimal number';
  return `write ${wanted}`;
}

/** `#/$defs/sha256/pattern` → `sha256`. */
function definitionName(error: ErrorObject): string | null {
  return /^#\/\$defs\/(\w+)\//.exec(error.schemaPath)?.[1] ?? null;
}
