import { Type, type Static } from 'typebox';
import { ec2Parameters } from './ec2-parameters.ts';
import { CANNOT_CHANGE, PORT_RANGE_IN_ORDER, blockMatchesBackend } from './rules.ts';
import { runtimes, type RuntimeCommand } from './runtime-commands.ts';
import {
  RULES_KEYWORD,
  SLUG_PATTERN,
  SLUG_WORDS,
  TRANSITIONS_KEYWORD,
  WORDS_KEYWORD,
  closed,
  duration,
  oneOf,
  record,
} from './schema.ts';

export const BACKENDS = ['process', 'docker', 'ec2'] as const;

const processParameters = closed(
  {
    runtimes: runtimes('Runtime name to command.'),
    portRange: Type.Optional(
      Type.String({
        pattern: '^[0-9]{1,5}-[0-9]{1,5}$',
        maxLength: 11,
        description: 'Ports handed out as PORT, first-last. None: no port.',
        [WORDS_KEYWORD]: 'must be a range of ports such as 20000-20999',
        [RULES_KEYWORD]: [PORT_RANGE_IN_ORDER],
      }),
    ),
    stopGracePeriod: Type.Optional(duration('Between SIGTERM and SIGKILL. Default: 10s.')),
  },
  { description: 'Parameters of the process backend.' },
);

const tier = closed({
  memoryMiB: Type.Optional(Type.Integer({ minimum: 16, description: 'Memory limit.' })),
  milliCpus: Type.Optional(
    Type.Integer({ minimum: 10, description: 'CPU limit; 1000 is one core.' }),
  ),
  isolation: Type.Optional(oneOf(['sandboxed', 'standard', 'privileged', 'host'], 'Isolation.')),
});

/** Where workspaces run: one backend and its parameters. */
export const workspaceClassSpecSchema = closed(
  {
    default: Type.Optional(
      Type.Boolean({ description: 'Used by workspaces that name no class. At most one class.' }),
    ),
    backend: oneOf(BACKENDS, 'How instances are run. Cannot be changed.', {
      [TRANSITIONS_KEYWORD]: [CANNOT_CHANGE],
    }),
    process: Type.Optional(processParameters),
    docker: Type.Optional(
      Type.Object(
        {},
        {
          description: 'Parameters of the docker backend (not built yet).',
          'x-kubernetes-preserve-unknown-fields': true,
        },
      ),
    ),
    ec2: Type.Optional(ec2Parameters),
    readiness: Type.Optional(
      oneOf(
        ['Registered', 'Running'],
        'What makes a workspace Ready: its agent registers, or its instance runs and its port answers.',
      ),
    ),
    tiers: Type.Optional(
      closed(
        {
          '1': Type.Optional(tier),
          '2': Type.Optional(tier),
          '3': Type.Optional(tier),
          '4': Type.Optional(tier),
        },
        { description: 'Limits per tier.' },
      ),
    ),
    provisionTimeout: Type.Optional(
      closed({
        default: Type.Optional(duration('Default: 10m.')),
        runtimes: Type.Optional(
          record(duration('Of this runtime.'), { pattern: SLUG_PATTERN, words: SLUG_WORDS }),
        ),
      }),
    ),
    quota: Type.Optional(
      closed(
        {
          maxWorkspaces: Type.Optional(Type.Integer({ minimum: 0 })),
          maxVcpus: Type.Optional(Type.Integer({ minimum: 0 })),
        },
        { description: 'Gates launches; touches nothing that runs.' },
      ),
    ),
    rollout: Type.Optional(
      closed({
        maxUnavailable: Type.Optional(
          Type.Integer({
            minimum: 1,
            description: 'How many may be down for a change. Default: 1.',
          }),
        ),
        replace: Type.Optional(
          oneOf(['Automatic', 'Manual'], 'Default: Manual where replacing loses state.'),
        ),
      }),
    ),
  },
  {
    description: 'Where the workspaces of this class run.',
    [RULES_KEYWORD]: BACKENDS.flatMap(blockMatchesBackend),
  },
);

export type WorkspaceClassSpec = Static<typeof workspaceClassSpecSchema>;

/** Which backend of which region a class means; the key of the controller's backends and of launch rows. */
export function backendKeyOf({ backend, ec2 }: WorkspaceClassSpec): string {
  return ec2 === undefined ? backend : `${backend}/${ec2.region}`;
}

/** Whether the backend knows itself where its instances listen: on this machine. Of any other, the agent says it. */
export function knowsAddresses(backendKey: string): boolean {
  return backendKey === 'process';
}

/** Runtime name to how it is started, whatever the backend; {} for one that has none. */
export function runtimesOf(spec: WorkspaceClassSpec): Readonly<Record<string, RuntimeCommand>> {
  return spec.process?.runtimes ?? spec.ec2?.runtimes ?? {};
}
