import { expect, it } from 'vitest';
import { createBudget } from './budget.ts';

it('IMAGE-31 a budget is never overdrawn, serves in order, and lets one that is too large have all', async () => {
  const budget = createBudget(10);
  const order: string[] = [];
  const ask = (name: string, amount: number) => budget.take(amount).then((free) => (order.push(name), free));
  const first = await ask('first', 6);
  const large = ask('large', 1000);
  const small = ask('small', 4);
  await Promise.resolve();
  expect(order).toEqual(['first']);
  first();
  first();
  (await large)();
  (await small)();
  expect(order).toEqual(['first', 'large', 'small']);
});

it('IMAGE-31 what was taken can be given back in part, once it is known how much is needed', async () => {
  const budget = createBudget(10);
  const first = await budget.take(10);
  const second = budget.take(7);
  first.keep(3);
  first.keep(8);
  const free = await second;
  first();
  free();
  (await budget.take(10))();
});
