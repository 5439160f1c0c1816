import { Type } from 'typebox';
import { ONE_SOURCE_OF_VALUE } from './rules.ts';
import {
  RULES_KEYWORD,
  SLUG_PATTERN,
  SLUG_WORDS,
  TEXT_KEYWORD,
  WORDS_KEYWORD,
  closed,
  duration,
  envName,
  listMap,
  oneOf,
  record,
  slug,
  type TextCheck,
} from './schema.ts';

/** Segments without `.`, `..` and empty ones, so no leading or trailing `/` either. */
export const FILE_PATH_PATTERN = '^(?!(?:.*/)?\\.{0,2}(?:/|$))[^\\\\\\u0000-\\u001f]{1,1024}$';
/** The pattern in words, for messages. */
export const FILE_PATH_WORDS = 'must be a relative path without "." and ".."';
/** Five words; what they mean is checked by a library. */
const CRON_PATTERN = '^[^ ]+( +[^ ]+){4}$';
const KEY_PATTERN = '^.{1,253}$';
const KEY_WORDS = 'must be 1 to 253 characters';

/** What an agent may be; each class maps those it can run to a command or an image (lessons.md, 2.5). */
const runtime = Type.String({
  pattern: SLUG_PATTERN,
  maxLength: 100,
  description: 'Name of the agent runtime; the class says how it is started. Default: langgraph.',
  [WORDS_KEYWORD]: SLUG_WORDS,
});

const envValue = closed(
  {
    name: envName('Variable name.'),
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
    [RULES_KEYWORD]: [ONE_SOURCE_OF_VALUE],
  },
);

const fileSet = closed(
  {
    inline: Type.Optional(
      record(Type.String(), {
        pattern: FILE_PATH_PATTERN,
        words: FILE_PATH_WORDS,
        description: 'Relative path to text.',
        maxProperties: 200,
      }),
    ),
    configMapRef: Type.Optional(
      closed({ name: slug('ConfigMap in the namespace of this object.') }),
    ),
    directory: Type.Optional(
      Type.String({
        pattern: '^[^/]',
        maxLength: 1024,
        description: 'Folder relative to the manifest.',
        [WORDS_KEYWORD]: 'must be a path relative to the manifest',
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
  cron: Type.String({
    pattern: CRON_PATTERN,
    maxLength: 255,
    description: 'Five cron fields.',
    [WORDS_KEYWORD]: 'must be minute, hour, day of the month, month and day of the week',
    [TEXT_KEYWORD]: 'cron' satisfies TextCheck,
  }),
  timeZone: Type.Optional(
    Type.String({
      maxLength: 64,
      description: 'IANA name. Default UTC.',
      [TEXT_KEYWORD]: 'timeZone' satisfies TextCheck,
    }),
  ),
  prompt: Type.String({ description: 'What the agent is told at that time.' }),
  enabled: Type.Optional(Type.Boolean({ description: 'Default true.' })),
});

const channel = closed({
  type: Type.String({ minLength: 1, maxLength: 63, description: 'Kind of channel.' }),
  config: Type.Optional(record(Type.String(), { pattern: KEY_PATTERN, words: KEY_WORDS })),
  allowedUsers: Type.Optional(Type.Array(Type.String())),
  enabled: Type.Optional(Type.Boolean({ description: 'Default true.' })),
});

const categoryRouting = record(
  Type.Array(Type.String({ minLength: 1, maxLength: 253 }), { maxItems: 100 }),
  {
    pattern: KEY_PATTERN,
    words: KEY_WORDS,
    description:
      'Category of work to the roles it goes to; an empty list drops that of a template.',
    maxProperties: 100,
  },
);

const requiredEnv = closed(
  {
    name: Type.Optional(envName('This variable must be set.')),
    anyOf: Type.Optional(
      Type.Array(envName('One of them.'), {
        minItems: 1,
        maxItems: 100,
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
  env: Type.Optional(Type.Array(envValue, { maxItems: 200, ...listMap('name') })),
  envFrom: Type.Optional(
    Type.Array(closed({ secretRef: closed({ name: slug('Secret whose keys become env.') }) }), {
      maxItems: 50,
    }),
  ),
  requiredEnv: Type.Optional(Type.Array(requiredEnv, { maxItems: 100 })),
  prompts: Type.Optional(prompts),
  files: Type.Optional(Type.Array(fileSet, { maxItems: 50 })),
  plugins: Type.Optional(
    Type.Array(
      Type.String({
        pattern: '^!?[A-Za-z0-9][A-Za-z0-9._-]*$',
        maxLength: 128,
        [WORDS_KEYWORD]: 'must be the name of a plugin: letters, digits, ".", "_" and "-"',
      }),
      { maxItems: 100, description: 'Names; `!name` takes one of the template out.' },
    ),
  ),
  schedules: Type.Optional(Type.Array(schedule, { maxItems: 100, ...listMap('name') })),
  channels: Type.Optional(Type.Array(channel, { maxItems: 50 })),
  categoryRouting: Type.Optional(categoryRouting),
  maxConcurrentTasks: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1000, description: 'Tasks at once. Default: 1.' }),
  ),
  provisionTimeout: Type.Optional(
    duration('How long a launch may take until the agent registers.'),
  ),
  hibernateAfter: Type.Optional(
    duration('Idle time after which the instance is stopped; 0s: never.'),
  ),
};

/** What a workspace may want; `effective state` also takes its ancestors into account. */
const DESIRED_STATES = ['Running', 'Paused', 'Hibernated'] as const;

export const desiredState = oneOf(DESIRED_STATES, 'Default: Running.');
