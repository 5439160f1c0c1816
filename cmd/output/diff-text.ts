import { createTwoFilesPatch } from 'diff';
import type { ApplyResult } from '../../server/contract.ts';
import { renderStructured } from './structured.ts';
import type { Style } from './style.ts';

/** A unified diff of one object as YAML: what it is, what it would be. Empty when they are the same. */
export async function renderDiff(
  { kind, namespace, name, before, after }: ApplyResult,
  style: Style,
): Promise<string[]> {
  const [old, next] = await Promise.all([toYaml(before), toYaml(after)]);
  if (old === next) {
    return [];
  }
  const path = [kind.toLowerCase(), namespace, name].filter((part) => part !== '').join('/');
  const patch = createTwoFilesPatch(
    before === undefined ? '/dev/null' : `is/${path}`,
    after === undefined ? '/dev/null' : `would-be/${path}`,
    old,
    next,
  );
  return patch
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('====='))
    .map((line) => paint(line.trimEnd(), style));
}

async function toYaml(manifest: unknown): Promise<string> {
  return manifest === undefined ? '' : `${await renderStructured(manifest, 'yaml')}\n`;
}

function paint(line: string, { colors }: Style): string {
  if (/^(---|\+\+\+) /.test(line)) {
    return colors.bold(line);
  }
  const color = { '+': colors.green, '-': colors.red, '@': colors.cyan }[line.slice(0, 1)];
  return color === undefined ? line : color(line);
}
