import { Option, type Command } from 'commander';
import type { ApiToken, CreatedToken } from '../../server/contract-operations.ts';
import { print, warn, type Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { outputFlag } from './output-flag.ts';
import { formatAge } from '../output/age.ts';
import { printable } from '../output/style.ts';
import { renderStructured, toList } from '../output/structured.ts';
import { renderTable } from '../output/table.ts';
import { PATHS, tokenPath } from '../paths.ts';
import { openSession } from '../session.ts';
import { isFlagSet, type Bind, type Typed } from '../verb.ts';

const CREATE_FORMATS = ['text', 'json', 'yaml'] as const;
const LIST_FORMATS = ['table', 'json', 'yaml'] as const;

export function define(command: Command, bind: Bind): void {
  command
    .command('create')
    .description('Make a token; it is shown this once.')
    .argument('<name>', 'who or what will use it')
    .option('--read-only', 'it may look and change nothing')
    .addOption(formatOption(CREATE_FORMATS))
    .action(bind(create));
  command
    .command('list')
    .description('List tokens; never the secrets.')
    .addOption(formatOption(LIST_FORMATS))
    .action(bind(list));
  command
    .command('revoke')
    .description('Refuse tokens from now on.')
    .argument('<ids...>', 'as `token list` shows them')
    .action(bind(revoke));
}

function formatOption(formats: readonly string[]): Option {
  return new Option(
    '-o, --output <format>',
    `${formats.join(', ')} (default: ${formats[0] ?? ''})`,
  );
}

/** The token alone goes to stdout, so that a script can keep it: `TOKEN=$(treeline token create ci)`. */
async function create(context: Context, typed: Typed): Promise<ExitCode> {
  const format = outputFlag(typed, CREATE_FORMATS);
  const { client } = await openSession(context, typed);
  const token = await client.call<CreatedToken>(PATHS.tokens, {
    method: 'POST',
    body: { name: typed.operands[0] ?? '', readOnly: isFlagSet(typed, 'readOnly') },
  });
  if (format === 'text') {
    print(context, token.token);
    warn(
      context,
      `keep it: it is not shown again (revoke it with: treeline token revoke ${token.id})`,
    );
  } else {
    print(context, await renderStructured(token, format));
  }
  return EXIT.ok;
}

async function list(context: Context, typed: Typed): Promise<ExitCode> {
  const format = outputFlag(typed, LIST_FORMATS);
  const { client } = await openSession(context, typed);
  const { items } = await client.call<{ readonly items: readonly ApiToken[] }>(PATHS.tokens);
  if (format !== 'table') {
    print(context, await renderStructured(toList(items), format));
  } else if (items.length === 0) {
    warn(context, 'there are no tokens: `treeline token create NAME` makes one');
  } else {
    renderTokens(items, context.clock.now()).forEach((line) => {
      print(context, line);
    });
  }
  return EXIT.ok;
}

function renderTokens(tokens: readonly ApiToken[], now: Date): string[] {
  return renderTable([
    ['ID', 'NAME', 'PREFIX', 'MAY', 'STATE', 'AGE'],
    ...tokens.map(({ id, name, prefix, readOnly, revokedAt, createdAt }) => [
      id,
      printable(name),
      prefix,
      readOnly ? 'read' : 'change',
      revokedAt === undefined ? 'valid' : 'revoked',
      formatAge(createdAt, now),
    ]),
  ]);
}

async function revoke(context: Context, typed: Typed): Promise<ExitCode> {
  const { client } = await openSession(context, typed);
  for (const id of typed.operands) {
    await client.call<unknown>(tokenPath(id), { method: 'DELETE' });
    print(context, `token/${id} revoked`);
  }
  return EXIT.ok;
}
