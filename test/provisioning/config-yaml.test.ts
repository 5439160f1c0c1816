import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { renderConfigYaml } from '../../provisioning/config-yaml.ts';
import type { MergedSpec } from '../../provisioning/merge-spec.ts';
import { mergedSpec } from './merged-spec.ts';

const WHOLE = `channels:
  - allowed_users:
      - "@ada"
    config:
      room: "no"
    enabled: true
    type: chat
  - allowed_users: []
    config: {}
    enabled: false
    type: mail
description: writes code
idle_interval_seconds: 300
idle_prompt_file: idle-prompt.md
initial_prompt_file: initial-prompt.md
max_concurrent_tasks: 3
model: "opus"
name: Ada
plugins:
  - b
  - a
runtime: claude-code
runtime_config:
  timeout: 0
schedules:
  - cron_expr: 0 9 * * 1-5
    enabled: true
    name: daily
    prompt: |
      plan
      the day
    timezone: UTC
  - cron_expr: 0 17 * * 5
    enabled: false
    name: weekly
    prompt: report
    timezone: Europe/Vienna
tier: 3
version: 1.0.0
`;

describe('config.yaml', () => {
  it('says what the agent is, with sorted keys', () => {
    const text = renderConfigYaml(
      mergedSpec({
        runtime: 'claude-code',
        model: 'opus',
        tier: 3,
        role: 'writes code',
        maxConcurrentTasks: 3,
        plugins: ['b', 'a'],
        prompts: { system: 's', initial: 'i', idle: { text: 'x', interval: '5m' } },
        schedules: [
          {
            name: 'weekly',
            cron: '0 17 * * 5',
            timeZone: 'Europe/Vienna',
            prompt: 'report',
            enabled: false,
          },
          { name: 'daily', cron: '0 9 * * 1-5', prompt: 'plan\nthe day\n' },
        ],
        channels: [
          { type: 'mail', enabled: false },
          { type: 'chat', config: { room: 'no' }, allowedUsers: ['@ada'] },
        ],
      }),
      'Ada',
    );

    expect(text).toBe(WHOLE);
  });

  it.each([
    { runtime: 'langgraph', config: undefined },
    { runtime: 'deepagents', config: undefined },
    { runtime: 'claude-code', config: { timeout: 0 } },
    { runtime: 'hermes', config: { timeout: 0 } },
    { runtime: 'sample', config: { timeout: 0 } },
  ])('bounds no task of $runtime that bounds none itself: $config', ({ runtime, config }) => {
    expect(read({ runtime })['runtime_config']).toEqual(config);
  });

  it.each<[string, MergedSpec['prompts'], Record<string, unknown>]>([
    ['no prompt', {}, {}],
    ['a system prompt, which has its name', { system: 'x' }, {}],
    ['an initial prompt', { initial: 'x' }, { initial_prompt_file: 'initial-prompt.md' }],
    ['an initial prompt that is empty', { initial: '' }, {}],
    [
      'an idle prompt',
      { idle: { text: 'x' } },
      { idle_prompt_file: 'idle-prompt.md', idle_interval_seconds: 600 },
    ],
    [
      'an idle prompt with an interval',
      { idle: { text: 'x', interval: '1h' } },
      { idle_prompt_file: 'idle-prompt.md', idle_interval_seconds: 3600 },
    ],
    ['an idle prompt that is empty', { idle: { text: '', interval: '1h' } }, {}],
  ])('points at %s', (_what, prompts, fields) => {
    const withPrompts = read({ prompts });

    expect(withPrompts).toEqual({ ...read({}), ...fields });
  });

  it.each([
    'no',
    '1.5',
    '1e3',
    '12:30:00',
    'a: b',
    '- x',
    '#1',
    '"',
    "'",
    '\u2028',
    ' x ',
    'R&D\n',
    '',
  ])('keeps the text %j for readers of YAML 1.1 and 1.2', (text) => {
    const rendered = renderConfigYaml(mergedSpec({ role: text, model: text }), text);
    const fields = { name: text, description: text, model: text };

    expect(parse(rendered, { version: '1.1' })).toMatchObject(fields);
    expect(parse(rendered, { version: '1.2' })).toMatchObject(fields);
  });

  it('says which roles a category goes to, in their order, and nothing where none is routed', () => {
    const { category_routing: routing, ...others } = read({
      categoryRouting: { mail: ['Clerk'], code: ['Dev Lead', 'Coder'] },
    });

    expect(JSON.stringify(routing)).toBe('{"code":["Dev Lead","Coder"],"mail":["Clerk"]}');
    expect(others).toEqual(read({ categoryRouting: {} }));
  });

  it('has the same bytes for lists in another order', () => {
    const daily = { name: 'daily', cron: '0 9 * * *', prompt: 'a' };
    const weekly = { name: 'weekly', cron: '0 9 * * 1', prompt: 'a' };

    const one = renderConfigYaml(mergedSpec({ schedules: [daily, weekly] }), 'Ada');
    const other = renderConfigYaml(mergedSpec({ schedules: [weekly, daily] }), 'Ada');

    expect(one).toBe(other);
  });
});

function read(spec: Partial<MergedSpec>): Record<string, unknown> {
  return parse(renderConfigYaml(mergedSpec(spec), 'Ada')) as Record<string, unknown>;
}
