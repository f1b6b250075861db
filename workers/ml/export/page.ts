import { PAGE_SCRIPT } from './page-script.ts';
import { PAGE_STYLE } from './page-style.ts';
import type { ExportFile, ExportInput } from './types.ts';

/**
 * One HTML file that classifies a dropped picture or the webcam, offline and from file://: TensorFlow.js, the model and
 * its weights are inside. Its content security policy lets only these very scripts run (by nonce) and forbids every
 * connection.
 *
 * @param modelFiles model.json and weights.bin of the layers model
 * @param tfjs bytes of @tensorflow/tfjs/dist/tf.es2017.min.js
 */
export function writePage(input: ExportInput, modelFiles: readonly ExportFile[], tfjs: Uint8Array): ExportFile[] {
  const decoder = new TextDecoder();
  const file = (path: string): Uint8Array => modelFiles.find((one) => one.path === path)?.bytes ?? new Uint8Array(0);
  const { weightsManifest, ...artifacts } = JSON.parse(decoder.decode(file('model.json'))) as {
    weightsManifest: { weights: unknown[] }[];
  } & Record<string, unknown>;
  const model = {
    title: input.card.project,
    classes: input.classNames,
    size: input.graph.input.size,
    channels: input.graph.input.channels,
    note: `${input.graph.name}, round ${input.card.round}, ${input.card.createdAt.slice(0, 10)}`,
    artifacts: { ...artifacts, weightSpecs: weightsManifest[0]?.weights ?? [] },
    weights: toBase64(file('weights.bin')),
  };
  // Nothing secret hangs on this nonce: all content is fixed when the file is written; it names which scripts are ours.
  const nonce = 'pupil-offline-page';
  const policy =
    `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; img-src blob: data:; ` +
    `media-src blob: mediastream:; connect-src 'none'; base-uri 'none'; form-action 'none'`;
  const title = escapeHtml(input.card.project);
  const html =
    `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title}</title>
<style nonce="${nonce}">${PAGE_STYLE}</style>
<main>
  <header><h1>${title}</h1><p id="note"></p></header>
  <section class="stage" id="stage" aria-label="Picture">
    <video id="video" muted playsinline hidden></video>
    <img id="image" alt="" hidden>
    <div class="invite" id="invite"><strong>Drop a picture here</strong><span>or paste one, choose a file, or use ` +
    `the webcam.</span></div>
  </section>
  <div class="actions">
    <label class="button">Choose a picture<input id="file" type="file" accept="image/*"></label>
    <button class="button" id="webcam" type="button" aria-pressed="false">Use the webcam</button>
  </div>
  <p id="status" role="status">Loading the model…</p>
  <ol id="answers" aria-label="Answers, most likely first"></ol>
  <footer>Runs on this computer. No picture leaves it; no network is used.</footer>
</main>
<script nonce="${nonce}">${inScript(decoder.decode(tfjs).replace(/\/\/# sourceMappingURL=.*$/mu, ''))}</script>
<script nonce="${nonce}" id="model" ` +
    `type="application/json">${JSON.stringify(model).replaceAll('<', String.raw`\u003c`)}</script>
<script nonce="${nonce}">${inScript(PAGE_SCRIPT)}</script>
</html>
`;
  return [{ path: 'index.html', bytes: new TextEncoder().encode(html) }];
}

/** Script text must not end its own element. */
const inScript = (script: string): string =>
  script.replaceAll(/<\/(script)/giu, String.raw`<\/$1`).replaceAll('<!--', String.raw`<\!--`);

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x6000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x6000));
  return btoa(binary);
}
