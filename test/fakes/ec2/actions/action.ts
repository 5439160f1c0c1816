import type { Query } from '../wire/query.ts';
import { Ec2Error } from '../wire/ec2-error.ts';
import type { XmlObject } from '../wire/xml.ts';
import type { View } from '../model/view.ts';
import type { World } from '../model/world.ts';

export interface ActionCall {
  readonly world: World;
  readonly query: Query;
  /** What this request sees; one draw for the whole request. */
  readonly view: View;
  /** The access key that signed it. */
  readonly caller: string;
}

/** One action of EC2: a conversion between the wire and the model. */
export interface Action {
  /** The parameters it knows, up to the first dot; any other is refused rather than ignored. */
  readonly parameters: readonly string[];
  /** Answers the members of the action's response. Throws `Ec2Error`. */
  readonly perform: (call: ActionCall) => XmlObject;
}

/** Ends a dry run, once the request is known to be one that would be performed. */
export function endDryRun(query: Query): void {
  if (query.flag('DryRun') === true) {
    throw new Ec2Error('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.');
  }
}

/** A list parameter as EC2 answers it when it was given ids: all of them, or an error. */
export const PAGING = ['MaxResults', 'NextToken'] as const;
