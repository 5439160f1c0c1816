import { Type } from 'typebox';
import { ENV_NAME_PATTERN, closed, oneOf, slug, duration } from './schema.ts';

/** What an agent may be; each class maps those it can run to a command or an image (lessons.md, 2.5). */
const runtime = Type.String({
  pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
  maxLength: 100,
  description: 'Name of the agent runtime; the class says how it is started. Default: langgraph.',
});

const envValue = closed(
  {
    name: Type.String({ pattern: ENV_NAME_PATTERN, maxLength: 255, description: 'Variable name.' }),
    value: Type.Optional(Type.String({ maxLength: 131_072, description: 'Literal value.' })),
    valueFrom: Type.Optional(
      closed(
        {
          secretKeyRef: closed({
            name: slug('Secret in the namespace of this object.'),
            key: Type.String({
              minLength: 1,
              maxLength: 253,
              description: 'Key within the secret.',
            }),
          }),
        },
        { description: 'Where the value is read from at launch.' },
      ),
    ),
  },
  {
    description: 'One environment variable: a literal value, or a reference to a secret.',
    'x-treeline-rule': {
      rule: 'has(self.value) != has(self.valueFrom)',
      message: 'give either value or valueFrom',
    },
  },
);

const fileSet = closed(
  {
    inline: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description: 'Relative path to text.',
        maxProperties: 200,
      }),
    ),
    configMapRef: Type.Optional(
      closed({ name: slug('ConfigMap in the namespace of this object.') }),
    ),
    directory: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1024,
        description: 'Folder relative to the manifest.',
      }),
    ),
  },
  {
    minProperties: 1,
    maxProperties: 1,
    description: 'One source of files: inline text, a ConfigMap, or a folder beside the manifest.',
  },
);

const prompts = closed(
  {
    system: Type.Optional(Type.String({ description: 'System prompt.' })),
    initial: Type.Optional(Type.String({ description: 'Sent once, after the first start.' })),
    idle: Type.Optional(
      closed({
        text: Type.String({ description: 'Sent whenever the agent has been idle for `interval`.' }),
        interval: Type.Optional(duration('Default 10m.')),
      }),
    ),
  },
  { description: 'What the agent is told.' },
);

const schedule = closed({
  name: slug('Name of the schedule, unique within the workspace.'),
  cron: Type.String({ minLength: 9, maxLength: 255, description: 'Five cron fields.' }),
  timeZone: Type.Optional(Type.String({ maxLength: 64, description: 'IANA name. Default UTC.' })),
  prompt: Type.String({ description: 'What the agent is told at that time.' }),
  enabled: Type.Optional(Type.Boolean({ description: 'Default true.' })),
});

const channel = closed({
  type: Type.String({ minLength: 1, maxLength: 63, description: 'Kind of channel.' }),
  config: Type.Optional(Type.Record(Type.String(), Type.String())),
  allowedUsers: Type.Optional(Type.Array(Type.String())),
  enabled: Type.Optional(Type.Boolean({ description: 'Default true.' })),
});

const requiredEnv = closed(
  {
    name: Type.Optional(
      Type.String({ pattern: ENV_NAME_PATTERN, description: 'This variable must be set.' }),
    ),
    anyOf: Type.Optional(
      Type.Array(Type.String({ pattern: ENV_NAME_PATTERN }), {
        minItems: 1,
        description: 'One of these variables must be set.',
      }),
    ),
  },
  { minProperties: 1, maxProperties: 1, description: 'A name, or anyOf with names.' },
);

/** The fields that say *what* runs; a template gives them and a workspace overrides them one by one. */
export const contentFields = {
  runtime: Type.Optional(runtime),
  model: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: 'Language model.' }),
  ),
  tier: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 4, description: 'Size and isolation. Default: 2.' }),
  ),
  env: Type.Optional(Type.Array(envValue, { maxItems: 200 })),
  envFrom: Type.Optional(
    Type.Array(closed({ secretRef: closed({ name: slug('Secret whose keys become env.') }) }), {
      maxItems: 50,
    }),
  ),
  requiredEnv: Type.Optional(Type.Array(requiredEnv, { maxItems: 100 })),
  prompts: Type.Optional(prompts),
  files: Type.Optional(Type.Array(fileSet, { maxItems: 50 })),
  plugins: Type.Optional(
    Type.Array(Type.String({ pattern: '^!?[A-Za-z0-9][A-Za-z0-9._-]*$', maxLength: 128 }), {
      maxItems: 100,
      description: 'Names; `!name` takes one of the template out.',
    }),
  ),
  schedules: Type.Optional(Type.Array(schedule, { maxItems: 100 })),
  channels: Type.Optional(Type.Array(channel, { maxItems: 50 })),
  maxConcurrentTasks: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1000, description: 'Tasks at once. Default: 1.' }),
  ),
  provisionTimeout: Type.Optional(
    duration('How long a launch may take until the agent registers.'),
  ),
  hibernateAfter: Type.Optional(duration('Idle time after which the instance is stopped.')),
};

/** What a workspace may want; `effective state` also takes its ancestors into account. */
export const DESIRED_STATES = ['Running', 'Paused', 'Hibernated'] as const;
export type DesiredState = (typeof DESIRED_STATES)[number];

export const desiredState = oneOf(DESIRED_STATES, 'Default: Running.');
