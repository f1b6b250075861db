import { expect, test } from '../fixtures/actors.ts';
import type { Actor } from '../fixtures/actors.ts';
import { Keyboard } from '../pages/keyboard.ts';
import type { Stroke } from '../pages/keyboard.ts';
import { LabelPage } from '../pages/label.ts';

interface Mine {
  imageId: string;
  classId: string | null;
}

/** As many as there are keys, so that every digit and letter decides: the eleventh has A, the last one Z. */
const CLASSES = ['고양이', ...Array.from({ length: 35 }, (_, index) => `kind ${index + 2}`)];

/** What a person decided, oldest first, by the key of its class. */
async function decidedOf(actor: Actor, projectId: string) {
  const [rows, project] = await Promise.all([
    actor.call<Mine[]>('label.mine', 'query', { projectId, limit: 200 }),
    actor.call<{ classes: { id: string; hotkey: string | null }[] }>('project.get', 'query', {
      projectId,
    }),
  ]);
  return rows
    .map((row) => ({
      imageId: row.imageId,
      key: project.classes.find((item) => item.id === row.classId)?.hotkey,
    }))
    .reverse();
}

test('KEY-1 every keyboard decides once and rightly: Hangul, input methods, Cyrillic, AZERTY, Czech', async ({
  scenario,
}) => {
  const { projectId } = await scenario.createProject({ classes: CLASSES, images: 16 });
  const anna = await scenario.invite('annotator', 'Anna Keys');
  const label = new LabelPage(anna.page);
  await label.open(projectId);
  const keyboard = await Keyboard.of(anna.page);
  const strokes: [Stroke, string][] = [
    [{ key: 'ㅂ', code: 'KeyQ', number: 81 }, 'q'],
    [{ key: 'Process', code: 'KeyW', number: 229 }, 'w'],
    [{ key: 'й', code: 'KeyQ', number: 81 }, 'q'],
    [{ key: '&', code: 'Digit1', number: 49 }, '1'],
    [{ key: 'é', code: 'Digit2', number: 50 }, '2'],
    [{ key: '+', code: 'Digit1', number: 49 }, '1'],
    [{ key: 'š', code: 'Digit3', number: 51 }, '3'],
    [{ key: '4', code: 'Digit4', number: 52, repeats: 3 }, '4'],
  ];
  const decided: { imageId: string; key: string }[] = [];
  for (const [stroke, key] of strokes) {
    const imageId = await label.current();
    await keyboard.press(stroke);
    await expect(anna.page.locator(`[data-stage="${imageId}"]`)).toHaveCount(0);
    decided.push({ imageId, key });
  }
  await label.expectSaved();
  expect(await decidedOf(anna, projectId)).toEqual(decided);

  // Undo and redo by chord, in Hangul.
  const last = decided.at(-1)?.imageId;
  await keyboard.press({ key: 'ㅋ', code: 'KeyZ', number: 90, ctrl: true });
  await expect(anna.page.locator(`[data-stage="${last}"]`)).toHaveCount(1);
  await keyboard.press({ key: 'ㅋ', code: 'KeyZ', number: 90, ctrl: true, shift: true });
  await expect(anna.page.locator(`[data-stage="${last}"]`)).toHaveCount(0);
  await label.expectSaved();
  expect(await decidedOf(anna, projectId)).toEqual(decided);
});

test('KEY-2 an Enter that ends a composition in the class search decides nothing, the next one once', async ({
  scenario,
}) => {
  const { projectId } = await scenario.createProject({ classes: CLASSES, images: 6 });
  const anna = await scenario.invite('annotator', 'Anna Composes');
  const label = new LabelPage(anna.page);
  await label.open(projectId);
  const first = await label.current();
  const keyboard = await Keyboard.of(anna.page);
  // The slash of an input method leads to the search.
  await keyboard.press({ key: 'Process', code: 'Slash', number: 229 });
  const search = anna.page.getByRole('textbox', { name: 'Search classes' });
  await expect(search).toBeFocused();
  await keyboard.compose('고양이');
  await keyboard.press({ key: 'Process', code: 'Enter', number: 229 });
  await keyboard.press({ key: 'Enter', code: 'Enter', number: 229 });
  expect(await label.current()).toBe(first);
  await keyboard.settle('고양이');
  await expect(search).toHaveValue('고양이');
  expect(await label.current()).toBe(first);
  await keyboard.press({ key: 'Enter', code: 'Enter', number: 13, repeats: 4 });
  await expect(anna.page.locator(`[data-stage="${first}"]`)).toHaveCount(0);
  await expect(search).toHaveValue('');
  await label.expectSaved();
  expect(await decidedOf(anna, projectId)).toEqual([{ imageId: first, key: '1' }]);
});

test('KEY-1 the palette, the rooms and the list of keys open in Hangul too', async ({ scenario }) => {
  const { projectId } = await scenario.createProject({ classes: CLASSES, images: 2 });
  const { page } = scenario.owner;
  await page.goto(`/projects/${projectId}`);
  await expect(page.getByRole('button', { name: 'Go to' })).toContainText('Ctrl+K');
  const keyboard = await Keyboard.of(page);
  await keyboard.press({ key: 'ㅏ', code: 'KeyK', number: 75, ctrl: true });
  const palette = page.getByRole('dialog', { name: 'Go to' });
  await expect(palette).toBeVisible();
  await keyboard.press({ key: 'Escape', code: 'Escape', number: 27 });
  await expect(palette).toBeHidden();
  await keyboard.press({ key: 'Process', code: 'Slash', number: 229, shift: true });
  const help = page.getByRole('dialog', { name: 'Keys' });
  await expect(help).toContainText('Ctrl');
  await keyboard.press({ key: '?', code: 'Slash', number: 191, shift: true });
  await expect(help).toBeHidden();
  await keyboard.press({ key: 'ㅎ', code: 'KeyG', number: 71 });
  await keyboard.press({ key: 'ㅣ', code: 'KeyL', number: 76 });
  await expect(page).toHaveURL(/\/label$/);
});
