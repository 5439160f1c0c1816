import type { Static } from 'typebox';
import { closed } from './schema.ts';
import { contentFields } from './workspace-content.ts';

/** The reusable part of a workspace spec: what runs. */
export const workspaceTemplateSpecSchema = closed(contentFields, {
  description: 'What the workspaces of this template run.',
});

export type WorkspaceTemplateSpec = Static<typeof workspaceTemplateSpecSchema>;
