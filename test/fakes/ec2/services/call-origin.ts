/** What is known of a request whatever it asks for. */
export interface CallOrigin {
  readonly caller: string;
  readonly requestId: string;
  readonly signedAt: number | undefined;
}
