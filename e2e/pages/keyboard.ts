import type { CDPSession, Page } from '@playwright/test';

/** What a keyboard tells of one key, as another layout or an input method has it. */
export interface Stroke {
  key: string;
  code: string;
  /** Windows' number of the key; 229 is what an input method gives. */
  number: number;
  ctrl?: boolean;
  shift?: boolean;
  /** How often the key repeats while it is held. */
  repeats?: number;
}

/** A keyboard of any country: real key events, told to the browser as its system would. */
export class Keyboard {
  private readonly session: CDPSession;

  private constructor(session: CDPSession) {
    this.session = session;
  }

  static async of(page: Page): Promise<Keyboard> {
    return new Keyboard(await page.context().newCDPSession(page));
  }

  async press({ key, code, number, ctrl = false, shift = false, repeats = 0 }: Stroke): Promise<void> {
    const event = {
      key,
      code,
      windowsVirtualKeyCode: number,
      nativeVirtualKeyCode: number,
      modifiers: (ctrl ? 2 : 0) + (shift ? 8 : 0),
    };
    for (let turn = 0; turn <= repeats; turn += 1)
      await this.session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', autoRepeat: turn > 0, ...event });
    await this.session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
  }

  /** Types into the field under the focus with an input method that has not settled on the word yet. */
  async compose(text: string): Promise<void> {
    await this.session.send('Input.imeSetComposition', {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    });
  }

  /** The input method settles on the word. */
  async settle(text: string): Promise<void> {
    await this.session.send('Input.insertText', { text });
  }
}
