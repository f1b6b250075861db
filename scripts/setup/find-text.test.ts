import { expect, it } from 'vitest';
import { findText } from './find-text.mjs';

const texts = (source: string): string[] => findText(source).map(({ text }: { text: string }) => text);

it('TEXT-1 finds what people read outside the catalogue: between tags, in attributes, in toasts and in lists', () => {
  expect(texts('const a = <p>Nothing to review</p>;')).toEqual(['Nothing to review']);
  expect(texts('const a = <Input placeholder="Search" name="email" className="w-full h-4" />;')).toEqual(['Search']);
  expect(texts("const a = <Button aria-label={open ? 'Close' : 'Open it'} />;")).toEqual(['Close', 'Open it']);
  expect(texts('const a = <p title={`${n} images`}>{n}</p>;')).toEqual(['… images']);
  expect(texts("toast('Decided', { description: 'Undo it in the menu.' });")).toEqual([
    'Decided',
    'Undo it in the menu.',
  ]);
  expect(texts("const REASONS = ['Too blurred', 'Not sure'];")).toEqual(['Too blurred', 'Not sure']);
  expect(texts('const a = <p>라벨 없음</p>;')).toEqual(['라벨 없음']);
  expect(texts("toast(`${plural(count, 'image')} gone`);")).toEqual(["plural(count, 'image')"]);
});

it('TEXT-1 takes no words of the machine for text: keys, styles, names, addresses, errors of programmers', () => {
  const source = `
    import { x } from './Some thing.ts';
    const a = t('label.undo');
    const b = <Kbd className="relative flex h-4 items-center" data-kind="a b">{hotkeyText('Shift+Backspace')}</Kbd>;
    const c = key === 'Enter' || key === 'ArrowLeft';
    const d = cn('absolute top-1/2 max-w-sm', open && 'fill-warn text-warn');
    type Kind = 'Some type' | 'Other type';
    throw new Error('useText needs its provider around it.');
  `;
  expect(texts(source)).toEqual([]);
});
