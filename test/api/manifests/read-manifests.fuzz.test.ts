import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readManifests } from '../../../api/manifests/read-manifests.ts';
import { workspaceYaml } from './manifest.ts';

const VALID = workspaceYaml(
  '\n  tier: 2\n  env:\n  - {name: A, value: "1"}\n  role: &r |\n    text\n  model: *r',
);

/** A valid manifest with a few places overwritten. */
const damaged = fc
  .array(
    fc.record({
      at: fc.nat(VALID.length),
      remove: fc.nat(12),
      insert: fc.oneof(
        fc.constantFrom(
          '---\n',
          '\n',
          '\t',
          '[',
          '}',
          '"',
          "'",
          '&a ',
          '*a',
          '!x ',
          ': ',
          '- ',
          '? ',
          '|',
          '<<: ',
          '#',
          '%',
          '...\n',
          '~',
          '\r',
        ),
        fc.string({ maxLength: 4, unit: 'grapheme' }),
      ),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((edits) =>
    edits.reduce(
      (text, { at, remove, insert }) => text.slice(0, at) + insert + text.slice(at + remove),
      VALID,
    ),
  );

describe('reading whatever comes', () => {
  it('never throws for arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(() => readManifests('f', bytes)).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });

  it('never throws for arbitrary text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: 'binary' }), (text) => {
        expect(() => readManifests('f', Buffer.from(text))).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });

  it('answers something for every damaged manifest, and every place lies in the file', () => {
    fc.assert(
      fc.property(damaged, (text) => {
        const { documents, problems, skipped } = readManifests('f', Buffer.from(text));
        const lines = text.split('\n').length;

        expect(documents.length + problems.length + skipped.length).toBeGreaterThan(0);
        expect(
          problems.filter(({ line, column }) => line < 1 || line > lines || column < 1),
        ).toEqual([]);
        expect(problems.filter(({ message }) => message === '')).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('answers each document with a declaration or with problems, never both and never neither', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 6 }), fc.boolean()), { minLength: 1, maxLength: 8 }),
        (tiers) => {
          const text = tiers
            .map(([tier], index) => workspaceYaml(`{tier: ${tier}}`, `w${index}`))
            .join('---\n');

          const { documents, problems } = readManifests('f', Buffer.from(text));

          const declared = new Set(
            documents.map(({ declaration }) => Number(declaration.name.slice(1))),
          );
          const refused = new Set(problems.map(({ line }) => Math.floor((line - 1) / 5)));
          expect([...declared, ...refused].sort((a, b) => a - b)).toEqual([...tiers.keys()]);
          expect([...refused]).toEqual([...tiers.keys()].filter((index) => !declared.has(index)));
        },
      ),
      { numRuns: 200 },
    );
  });
});
