/** Takes secrets out of text before it is logged. Pure. */

/** User info in URLs, tokens in query strings and Authorization values become `***`. */
export function redact(text: string): string {
  return text
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/]+@/gi, '$1***@')
    .replace(/([?&](?:access_token|private_token|token|password|api_key)=)[^&\s"']+/gi, '$1***')
    .replace(/\b(authorization"?\s*[:=]\s*"?(?:basic|bearer|token)?\s*)[^\s"]+/gi, '$1***');
}

/** The same for every string inside a value. */
export function redactDeep(value: unknown): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map(redactDeep);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactDeep(item)]));
}
