import { expect, test } from '../fixtures/actors.ts';
import type { Actor } from '../fixtures/actors.ts';
import { Keyboard } from '../pages/keyboard.ts';
import type { Stroke } from '../pages/keyboard.ts';
import { LabelPage } from '../pages/label.ts';

interface Mine {
  imageId: string;
  classId: string | null;
}

/** More than ten, so that letters decide too and the class search is there. */
const CLASSES = ['ant', 'bee', 'cow', 'dog', 'elk', 'fox', 'gnu', 'hen', 'ibis', 'jay', '고양이', 'lynx'];

async function decidedOf(actor: Actor, projectId: string): Promise<{ imageId: string; name: string | undefined }[]> {
  const [rows, project] = await Promise.all([
    actor.call<Mine[]>('label.mine', 'query', { projectId, limit: 200 }),
    actor.call<{ classes: { id: string; name: string; hotkey: string | null }[] }>('project.get', 'query', {
      projectId,
    }),
  ]);
  return rows
    .map((row) => ({
      imageId: row.imageId,
      name: project.classes.find((item) => item.id === row.classId)?.name,
    }))
    .reverse();
}

test('ANNOTATION-18 every keyboard decides once, and the right class: Hangul, input methods, Cyrillic, AZERTY, Czech', async ({
  scenario,
}) => {
  const { projectId } = await scenario.createProject({ classes: CLASSES, images: 16 });
  const anna = await scenario.invite('annotator', 'Anna Keys');
  const label = new LabelPage(anna.page);
  await label.open(projectId);
  const keyboard = await Keyboard.of(anna.page);
  const strokes: [Stroke, string][] = [
    [{ key: 'ㅂ', code: 'KeyQ', number: 81 }, '고양이'],
    [{ key: 'Process', code: 'KeyW', number: 229 }, 'lynx'],
    [{ key: 'й', code: 'KeyQ', number: 81 }, '고양이'],
    [{ key: '&', code: 'Digit1', number: 49 }, 'ant'],
    [{ key: 'é', code: 'Digit2', number: 50 }, 'bee'],
    [{ key: '+', code: 'Digit1', number: 49 }, 'ant'],
    [{ key: 'š', code: 'Digit3', number: 51 }, 'cow'],
    [{ key: '4', code: 'Digit4', number: 52, repeats: 3 }, 'dog'],
  ];
  const decided: { imageId: string; name: string }[] = [];
  for (const [stroke, name] of strokes) {
    const imageId = await label.current();
    await keyboard.press(stroke);
    await expect(anna.page.locator(`[data-stage="${imageId}"]`)).toHaveCount(0);
    decided.push({ imageId, name });
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

test('ANNOTATION-19 an Enter that ends a composition in the class search decides nothing, the next one once', async ({
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
  expect(await decidedOf(anna, projectId)).toEqual([{ imageId: first, name: '고양이' }]);
});

test('ANNOTATION-18 the palette, the rooms and the list of keys open in Hangul too', async ({ scenario }) => {
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
