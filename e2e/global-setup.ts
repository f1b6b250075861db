import { SOURCE_ROOT, startPupil } from './fixtures/start.ts';

/** One production start for all specs. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env['PUPIL_E2E_URL']) return undefined;
  const running = await startPupil([], { PUPIL_SOURCE_ROOTS: SOURCE_ROOT });
  process.env['PUPIL_E2E_URL'] = `http://127.0.0.1:${running.port}`;
  process.env['PUPIL_E2E_SETUP_TOKEN'] = running.setupToken;
  return running.stop;
}
