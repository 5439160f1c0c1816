/** An error's chain of causes is read this far: deep enough for every wrapper, and an end for a chain in a circle. */
const DEEPEST_CAUSE = 5;

/** The message of an error followed by those of its causes, in one line: `launching: no answer: ECONNRESET`. */
export function messageWithCauses(error: Error): string {
  const messages: string[] = [];
  let cause: unknown = error;
  while (cause instanceof Error && messages.length < DEEPEST_CAUSE) {
    messages.push(cause.message);
    cause = cause.cause;
  }
  return messages.filter((message) => message !== '').join(': ');
}
