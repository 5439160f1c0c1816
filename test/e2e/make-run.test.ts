import { expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { CHECKOUT } from '../support/controller-process.ts';
import { eventuallyTrue } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';

/** `make` of this checkout on a data folder of its own; never installs anything. */
class Make {
  output = '';
  readonly #child;

  constructor(target: string, dataDir: string) {
    this.#child = spawn('make', ['--old-file=node_modules/.installed', target], {
      cwd: CHECKOUT,
      env: { ...process.env, TREELINE_DATA_DIR: dataDir, TREELINE_LISTEN: '127.0.0.1:0' },
      // Ctrl-C reaches everything that was started in the terminal: here, the process group.
      detached: true,
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.on('data', (text: Buffer) => {
        this.output += text.toString();
      });
    }
  }

  async says(text: string): Promise<void> {
    await eventuallyTrue({ until: `make says "${text}"`, seconds: 60 }, () =>
      this.output.includes(text),
    );
  }

  pressCtrlC(): void {
    process.kill(-(this.#child.pid ?? 0), 'SIGINT');
  }

  async ended(): Promise<void> {
    await once(this.#child, 'close');
  }
}

/** Where each text stands; what is missing stands nowhere. */
function places(output: string, ...texts: readonly string[]): readonly number[] {
  return texts.map((text) => output.indexOf(text)).filter((place) => place >= 0);
}

it('make run says what it will do, shows the log, then the address and what to try; make clean ends it', async () => {
  await using installation = await Installation.create();

  const run = new Make('run', installation.dataDir);
  await run.says('npx treeline events -f');
  const agents = installation.agents();
  run.pressCtrlC();
  await run.ended();
  const left = installation.agents();
  const clean = new Make('clean', installation.dataDir);
  await clean.ended();

  const story = places(
    run.output,
    'Treeline makes what runs equal to the manifests in manifests/samples/design-team.',
    'Ctrl-C stops the controller and leaves the agents running.',
    'stored the intent to launch',
    'launched instance',
    '8 workspaces: 1 paused, 7 online.',
    'The API listens at http://127.0.0.1:',
    'npx treeline tree',
    'npx treeline get workspaces -o wide',
    'npx treeline events -f',
    'stopped; instances keep running',
  );
  expect(story).toHaveLength(10);
  expect(story).toEqual(story.toSorted((a, b) => a - b));
  expect(agents).toHaveLength(7);
  expect(left).toEqual(agents);
  expect(clean.output).toContain('7 instances ended');
  expect(installation.agents()).toEqual([]);
  expect(existsSync(installation.dataDir)).toBe(false);
}, 120_000);
