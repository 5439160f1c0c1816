import type { Kind } from './objects.ts';

/** A column of `kubectl get`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'date';
  readonly jsonPath: string;
  readonly description?: string;
  /** 1: only with `-o wide`. */
  readonly priority?: 1;
}

const AGE: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };
const READY = condition('Ready', 'status');
const REASON = condition('Reason', 'reason');

/** kubernetes.md, "Columns, annotations, events". */
export const PRINTER_COLUMNS: Readonly<Record<Kind, readonly PrinterColumn[]>> = {
  Workspace: [
    READY,
    text('Phase', '.status.phase'),
    REASON,
    text('Parent', '.spec.parentRef.name'),
    text('Backend', '.status.backend.type'),
    wide(condition('Available', 'status', 'Available')),
    wide(text('Instance', '.status.backend.id')),
    wide(text('Zone', '.status.backend.zone')),
    wide(integer('Tier', '.status.resolved.tier')),
    wide(text('Runtime', '.status.resolved.runtime')),
    wide(integer('Attempt', '.status.backend.attempt')),
    wide(integer('Children', '.status.children.total')),
    AGE,
  ],
  WorkspaceTemplate: [
    text('Runtime', '.spec.runtime'),
    text('Model', '.spec.model'),
    integer('Tier', '.spec.tier'),
    AGE,
  ],
  WorkspaceClass: [
    text('Backend', '.spec.backend'),
    { ...text('Default', '.spec.default'), type: 'boolean' },
    READY,
    wide(integer('Workspaces', '.spec.quota.maxWorkspaces')),
    wide(integer('vCPUs', '.spec.quota.maxVcpus')),
    AGE,
  ],
  Org: [
    READY,
    REASON,
    wide(text('Conflicts', '.spec.conflictPolicy')),
    wide({ ...text('Prune', '.spec.prune'), type: 'boolean' }),
    AGE,
  ],
};

function text(name: string, jsonPath: string): PrinterColumn {
  return { name, type: 'string', jsonPath };
}

function integer(name: string, jsonPath: string): PrinterColumn {
  return { name, type: 'integer', jsonPath };
}

function condition(name: string, field: string, type = 'Ready'): PrinterColumn {
  return text(name, `.status.conditions[?(@.type=="${type}")].${field}`);
}

function wide(column: PrinterColumn): PrinterColumn {
  return { ...column, priority: 1 };
}
