import { Type, type Static } from 'typebox';

/** What a launch would deliver now, without any secret value: the answer of `treeline render`. */
export const renderingSchema = Type.Object({
  uid: Type.String(),
  namespace: Type.String(),
  name: Type.String(),
  class: Type.Optional(Type.String({ description: 'None for an agent that runs elsewhere.' })),
  backend: Type.Optional(Type.String()),
  template: Type.Optional(Type.String()),
  runtime: Type.Optional(Type.String()),
  model: Type.Optional(Type.String()),
  tier: Type.Optional(Type.Integer()),
  missing: Type.Array(Type.String(), {
    description: 'What keeps it from being launched; [] when nothing does.',
  }),
  env: Type.Record(Type.String(), Type.String(), {
    description: 'Literal values and the identity as they are; `***` for what comes from a secret.',
  }),
  mutators: Type.Array(Type.String(), {
    description: 'Env mutators that a launch runs, in order; they were not run for this answer.',
  }),
  credentials: Type.Array(Type.String(), { description: 'Files of the bundle that hold them.' }),
  files: Type.Array(
    Type.Object({
      path: Type.String(),
      bytes: Type.Integer(),
      text: Type.Optional(Type.String({ description: 'Of generated files only.' })),
    }),
  ),
  plugins: Type.Array(Type.String()),
  schedules: Type.Array(Type.Unknown()),
  channels: Type.Array(Type.Unknown()),
  inputsHash: Type.Optional(
    Type.String({ description: 'Beginning of the hash whose change replaces the instance.' }),
  ),
  configRevision: Type.Optional(
    Type.String({ description: 'Beginning of the hash whose change restarts the instance.' }),
  ),
});
export type Rendering = Static<typeof renderingSchema>;
