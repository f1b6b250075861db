import { describe, expect, it } from 'vitest';
import { buildConfig } from './config.ts';
import { toolHelp } from '../setup/tool-help.mjs';
import { readOptions } from './options.ts';

const configOf = (...args: string[]) =>
  buildConfig(readOptions(['images.zip', ...args]), {
    side: 32,
    shorter: 32,
    gray: false,
    pool: 100,
    backbones: [],
    recommended: null,
  });

describe('the settings of a loop', () => {
  it('takes a teacher as small as the first student, unless one is named', () => {
    expect(configOf('--rounds', '1', '--students', 'xs')).toMatchObject({ teacher: 'xs', students: ['xs'] });
    expect(configOf('--students', 'm,l')).toMatchObject({ teacher: 's', students: ['m', 'l'] });
    expect(configOf('--teacher', 'xs').teacher).toBe('xs');
    expect(() => configOf('--students', 'xs', '--teacher', 's')).toThrow(/smaller than its teacher/);
  });

  it('names in its help every option that it takes, and no other', () => {
    const named = [...toolHelp('loop', {}).matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => `--${name}`);
    expect(named).toContain('--teacher');
    for (const name of named.filter((one) => one !== '--help')) {
      expect(() => readOptions(['images.zip', name]), name).not.toThrow(/Unknown option/);
    }
  });
});
