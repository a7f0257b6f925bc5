import { expect, test } from 'vitest';
import { isSameView, readAddress } from './filters.pure.ts';

test('an address gives back the filter it was written from', () => {
  const filter = { kind: 'recording', damaged: true, linked: false, deadline: 'late', from: '2026-03-02', search: '张伟' };
  expect(readAddress({ ...filter, sort: 'longest' })).toEqual({ filter, sort: 'longest', selected: null });
});

test('what an address does not mean is left out, and the list still opens', () => {
  const address = { kind: 'film', officerId: 'me', damaged: 'yes', from: 'yesterday', sort: 'best', selected: '1', other: 1 };
  expect(readAddress(address)).toEqual({ filter: {}, sort: 'newest', selected: null });
});

test('a certificate number in the search box stays a word', () => {
  expect(readAddress({ search: 12345 }).filter).toEqual({ search: '12345' });
});

test('a view is recognised in whatever order its filters were chosen, and its order of rows counts', () => {
  const view = { filter: { damaged: true, stage: 'start' }, sort: 'newest' } as const;
  expect(isSameView(view, { filter: { stage: 'start', damaged: true, search: '' }, sort: 'newest' })).toBe(true);
  expect(isSameView(view, { ...view, sort: 'oldest' })).toBe(false);
  expect(isSameView(view, { ...view, filter: { damaged: true } })).toBe(false);
});
