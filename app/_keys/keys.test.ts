import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const app = fileURLToPath(new URL('..', import.meta.url));

describe('keys', () => {
  it('KEY-1 are read by the one matcher on every page', () => {
    const strays = readdirSync(app, { recursive: true, encoding: 'utf8' }).filter(
      (file) =>
        /(?<!\.test)\.tsx?$/.test(file) &&
        /\b(event|nativeEvent|press|e)\.(key|which)\b/.test(readFileSync(join(app, file), 'utf8')),
    );
    expect(strays).toEqual([]);
  });
});
