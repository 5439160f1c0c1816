import { expect, it } from '@jest/globals';
import { Slots } from '../../runtime/slots.ts';

async function entered(slots: Slots): Promise<boolean> {
  let isIn = false;
  void slots.enter().then(() => {
    isIn = true;
  });
  await new Promise(setImmediate);
  return isIn;
}

it('lets in as many as there are places, and the next one when somebody leaves', async () => {
  const slots = new Slots(1, 10);
  await slots.enter();
  const next = slots.enter();

  expect(await entered(slots)).toBe(false);
  slots.leave();
  await expect(next).resolves.toBeUndefined();
});

it('gives the place of one who waits to another, and takes it back afterwards', async () => {
  const slots = new Slots(1, 10);
  await slots.enter();
  const gate = Promise.withResolvers<string>();
  const parked = slots.leaveWhile(() => gate.promise);

  expect(await entered(slots)).toBe(true);
  gate.resolve('answer');
  slots.leave();
  await expect(parked).resolves.toBe('answer');
  expect(await entered(slots)).toBe(false);
});

it('takes the place back also when what was waited for fails', async () => {
  const slots = new Slots(1, 10);
  await slots.enter();

  await expect(slots.leaveWhile(() => Promise.reject(new Error('no')))).rejects.toThrow('no');

  expect(await entered(slots)).toBe(false);
});

it('keeps the place of those who would be too many', async () => {
  const slots = new Slots(1, 0);
  await slots.enter();
  const gate = Promise.withResolvers<undefined>();
  void slots.leaveWhile(() => gate.promise);

  expect(await entered(slots)).toBe(false);
});
