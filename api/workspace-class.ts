import { Type, type Static } from 'typebox';
import { ENV_NAME_PATTERN, closed, duration, oneOf } from './schema.ts';

export const BACKENDS = ['process', 'docker', 'ec2'] as const;
export type BackendName = (typeof BACKENDS)[number];

const processRuntime = closed(
  {
    command: Type.Array(Type.String({ minLength: 1, maxLength: 4096 }), {
      minItems: 1,
      maxItems: 64,
      description: 'Program and arguments; relative paths start at the folder of the controller.',
    }),
    env: Type.Optional(
      Type.Record(Type.String({ pattern: ENV_NAME_PATTERN }), Type.String(), {
        description: 'Environment of every workspace with this runtime.',
      }),
    ),
  },
  {
    description:
      'How one runtime is started. A command comes from here and never from a workspace.',
  },
);

const processParameters = closed(
  {
    runtimes: Type.Record(Type.String(), processRuntime, {
      minProperties: 1,
      description: 'Runtime name to command.',
    }),
    portRange: Type.Optional(
      Type.String({
        pattern: '^[0-9]{1,5}-[0-9]{1,5}$',
        description: 'Ports handed out as PORT, first-last. None: no port.',
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
    backend: oneOf(BACKENDS, 'How instances are run. Cannot be changed.'),
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
    ec2: Type.Optional(
      Type.Object(
        {},
        {
          description: 'Parameters of the ec2 backend (not built yet).',
          'x-kubernetes-preserve-unknown-fields': true,
        },
      ),
    ),
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
        runtimes: Type.Optional(Type.Record(Type.String(), duration('Of this runtime.'))),
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
    'x-treeline-rule': {
      rule: 'has(self.process) == (self.backend == "process")',
      message: 'give the parameter block that is named like the backend',
    },
  },
);

export type WorkspaceClassSpec = Static<typeof workspaceClassSpecSchema>;
export type ProcessParameters = Static<typeof processParameters>;
