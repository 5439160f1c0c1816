import { describe, expect, it } from '@jest/globals';
import { DEFAULT_USER_DATA } from '../../../backends/ec2/default-user-data.ts';
import { renderUserData } from '../../../backends/ec2/user-data.ts';

const values = { uid: 'uid-1', attempt: 3, bootstrapToken: 'token-1' };

function render(
  overrides: Partial<{
    userData: string;
    platformUrl: string;
    command: string[];
    env: object;
  }> = {},
): string {
  const { userData = '', platformUrl = 'https://controller:7070/' } = overrides;
  const { command = ['/opt/agent', 'run'], env } = overrides;
  const runtime = { command, ...(env !== undefined && { env: env as Record<string, string> }) };
  return renderUserData({ userData, platformUrl, runtime }, values);
}

describe('user data', () => {
  it('has what the template names in its place', () => {
    const userData = '{{uid}} {{attempt}} {{url}} {{bootstrapToken}} {{uid}}';

    expect(render({ userData })).toBe('uid-1 3 https://controller:7070 token-1 uid-1');
  });

  it('leaves other braces to whoever reads them', () => {
    const userData = '## template: jinja\n{{ v1.region }} {{other}} {{constructor}} ${uid}';

    expect(render({ userData })).toBe(userData);
  });

  it('does not look into what it has put in', () => {
    expect(render({ userData: '{{command}}', command: ['{{bootstrapToken}}'] })).toBe(
      "'{{bootstrapToken}}'",
    );
  });

  it.each([
    [['agent'], "'agent'"],
    [['agent', 'two words', ''], "'agent' 'two words' ''"],
    [["it's", '$HOME', '`id`', '"'], `'it'\\''s' '$HOME' '\`id\`' '"'`],
  ])('quotes the command %j for a shell', (command, expected) => {
    expect(render({ userData: '{{command}}', command })).toBe(expected);
  });

  it('exports the environment of the class', () => {
    const env = { A: '1', B: "it's\n2" };

    expect(render({ userData: '{{env}}', env })).toBe("export A='1'\nexport B='it'\\''s\n2'");
    expect(render({ userData: '{{env}}' })).toBe('');
  });

  it('is the same for the same attempt', () => {
    const userData = DEFAULT_USER_DATA;

    expect(render({ userData })).toBe(render({ userData }));
  });

  it.each([
    ['x'.repeat(16_384), 16_384],
    ['€'.repeat(5461), 16_383],
  ])('may be as long as EC2 takes', (userData, bytes) => {
    expect(Buffer.byteLength(render({ userData }))).toBe(bytes);
  });

  it.each([
    ['x'.repeat(16_385), '16385 bytes'],
    ['€'.repeat(5462), '16386 bytes'],
    [`${'x'.repeat(16_380)}{{uid}}`, '16385 bytes'],
  ])('is refused when it is longer', (userData, message) => {
    expect(() => render({ userData })).toThrow(message);
  });

  it.each(["https://controller/'; reboot; '", 'https://controller/ x', 'https://$(id)/'])(
    'refuses the URL %j, which could end a word of the script',
    (platformUrl) => {
      expect(() => render({ userData: '{{url}}', platformUrl })).toThrow(/URL of the controller/);
    },
  );
});
