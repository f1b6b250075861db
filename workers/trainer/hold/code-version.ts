import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const own = import.meta.url;

/** The product's version, stored with every run: what made its figures. */
export const codeVersion: string = (
  require(own.endsWith('.ts') ? '../../../package.json' : '../package.json') as { version: string }
).version;
