/** One line of `treeline doctor`. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail';
  /** What was looked at. */
  readonly what: string;
  readonly message: string;
  /** What to do about it. */
  readonly todo?: string;
}

export function ok(what: string, message: string): Finding {
  return { level: 'ok', what, message };
}

export function warning(what: string, message: string, todo: string): Finding {
  return { level: 'warn', what, message, todo };
}

export function failure(what: string, message: string, todo: string): Finding {
  return { level: 'fail', what, message, todo };
}
