import type { VerbModule } from './verb.ts';

export interface Verb {
  readonly name: string;
  readonly summary: string;
  readonly group: string;
  /** Modules are loaded for the verb that was typed only: the start stays short. */
  readonly load: () => Promise<VerbModule>;
}

const DECLARE = 'Declare:';
const LOOK = 'Look:';
const ACT = 'Act:';
const OPERATE = 'Operate:';

export const VERBS: readonly Verb[] = [
  {
    name: 'get',
    group: LOOK,
    summary: 'list objects, or show one',
    load: () => import('./verbs/get.ts'),
  },
  {
    name: 'describe',
    group: LOOK,
    summary: 'explain one object: spec, conditions, events',
    load: () => import('./verbs/describe.ts'),
  },
  {
    name: 'tree',
    group: LOOK,
    summary: 'draw the tree of workspaces',
    load: () => import('./verbs/tree.ts'),
  },
  {
    name: 'events',
    group: LOOK,
    summary: 'show what was decided and why',
    load: () => import('./verbs/events.ts'),
  },
  {
    name: 'logs',
    group: LOOK,
    summary: 'print the log of an agent',
    load: () => import('./verbs/logs.ts'),
  },
  {
    name: 'render',
    group: LOOK,
    summary: 'show what a launch would deliver, with secrets masked',
    load: () => import('./verbs/render.ts'),
  },
  {
    name: 'wait',
    group: LOOK,
    summary: 'wait until workspaces are ready, paused, hibernated or deleted',
    load: () => import('./verbs/wait.ts'),
  },
  {
    name: 'apply',
    group: DECLARE,
    summary: 'declare what manifests say',
    load: () => import('./verbs/apply.ts'),
  },
  {
    name: 'diff',
    group: DECLARE,
    summary: 'show what an apply would change',
    load: () => import('./verbs/diff.ts'),
  },
  {
    name: 'delete',
    group: DECLARE,
    summary: 'delete workspaces with their descendants, or what manifests declare',
    load: () => import('./verbs/delete.ts'),
  },
  {
    name: 'collapse',
    group: ACT,
    summary: 'fold a workspace in the picture of the tree',
    load: () => import('./verbs/collapse.ts'),
  },
  {
    name: 'expand',
    group: ACT,
    summary: 'unfold a workspace in the picture of the tree',
    load: () => import('./verbs/expand.ts'),
  },
  {
    name: 'pause',
    group: ACT,
    summary: 'stop a workspace and its descendants, keeping their files',
    load: () => import('./verbs/pause.ts'),
  },
  {
    name: 'resume',
    group: ACT,
    summary: 'run a paused workspace again',
    load: () => import('./verbs/resume.ts'),
  },
  {
    name: 'restart',
    group: ACT,
    summary: 'restart the agent of a workspace once',
    load: () => import('./verbs/restart.ts'),
  },
  {
    name: 'hibernate',
    group: ACT,
    summary: 'stop an agent until there is work for it again',
    load: () => import('./verbs/hibernate.ts'),
  },
  {
    name: 'wake',
    group: ACT,
    summary: 'start a hibernated agent again',
    load: () => import('./verbs/wake.ts'),
  },
  {
    name: 'message',
    group: ACT,
    summary: 'send an agent a message and print what it answers',
    load: () => import('./verbs/message.ts'),
  },
  {
    name: 'connect',
    group: ACT,
    summary: 'show once what an agent that runs elsewhere needs to register',
    load: () => import('./verbs/connect.ts'),
  },
  {
    name: 'rollout',
    group: ACT,
    summary: 'look at how far a change has come, pause it, let it go on',
    load: () => import('./verbs/rollout.ts'),
  },
  {
    name: 'run',
    group: OPERATE,
    summary: 'run the controller',
    load: () => import('./verbs/run.ts'),
  },
  {
    name: 'gc',
    group: OPERATE,
    summary: 'look at orphans and approve their deletion',
    load: () => import('./verbs/gc.ts'),
  },
  {
    name: 'source',
    group: OPERATE,
    summary: 'look at sources and confirm held deletions',
    load: () => import('./verbs/source.ts'),
  },
  {
    name: 'token',
    group: OPERATE,
    summary: 'create, list and revoke tokens of the API',
    load: () => import('./verbs/token.ts'),
  },
  {
    name: 'db',
    group: OPERATE,
    summary: 'migrate the database',
    load: () => import('./verbs/db.ts'),
  },
  {
    name: 'doctor',
    group: OPERATE,
    summary: 'check this machine, the database and the controller',
    load: () => import('./verbs/doctor.ts'),
  },
  {
    name: 'clean',
    group: OPERATE,
    summary: 'end every instance of this data folder and remove the folder',
    load: () => import('./verbs/clean.ts'),
  },
  {
    name: 'version',
    group: OPERATE,
    summary: 'print the versions of this command and of the controller',
    load: () => import('./verbs/version.ts'),
  },
  {
    name: 'completion',
    group: OPERATE,
    summary: 'print a completion script for bash, zsh or fish',
    load: () => import('./verbs/completion.ts'),
  },
];
