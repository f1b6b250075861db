/**
 * Script of the offline page, plain JavaScript that runs as it stands. It builds every element by DOM calls, so that
 * class names are text and never markup. `window.classify` is left for tests and for people who try things in the
 * console.
 */
export const PAGE_SCRIPT = String.raw`
'use strict';
(async () => {
  const get = (id) => document.getElementById(id);
  const ids = ['stage', 'image', 'video', 'invite', 'answers', 'status'];
  const [stage, image, video, invite, answers, status] = ids.map(get);
  const held = JSON.parse(get('model').textContent);
  get('note').textContent = held.note + ' · ' + held.classes.length + ' classes';
  let model = null;
  let stream = null;

  const say = (text) => { status.textContent = text; };

  // The whole picture is scaled to the square, as in training: halving first, so that large pictures are averaged, not
  // skipped over.
  const toPixels = (source, width, height) => {
    let from = source;
    let w = width;
    let h = height;
    const step = (toW, toH) => {
      const canvas = document.createElement('canvas');
      canvas.width = toW;
      canvas.height = toH;
      const context = canvas.getContext('2d', { willReadFrequently: true });
      context.imageSmoothingEnabled = true;
      context.imageSmoothingQuality = 'high';
      context.fillStyle = '#000';
      context.fillRect(0, 0, toW, toH);
      context.drawImage(from, 0, 0, w, h, 0, 0, toW, toH);
      from = canvas;
      w = toW;
      h = toH;
      return context;
    };
    while (w >= held.size * 2 || h >= held.size * 2) {
      step(Math.max(held.size, Math.ceil(w / 2)), Math.max(held.size, Math.ceil(h / 2)));
    }
    const rgba = step(held.size, held.size).getImageData(0, 0, held.size, held.size).data;
    const pixels = new Float32Array(held.size * held.size * held.channels);
    for (let i = 0; i < held.size * held.size; i += 1) {
      if (held.channels === 3) for (let c = 0; c < 3; c += 1) pixels[i * 3 + c] = rgba[i * 4 + c];
      else pixels[i] = 0.2126 * rgba[i * 4] + 0.7152 * rgba[i * 4 + 1] + 0.0722 * rgba[i * 4 + 2];
    }
    return pixels;
  };

  const classify = async (source, width, height) => {
    const shape = [1, held.size, held.size, held.channels];
    const output = tf.tidy(() => model.predict(tf.tensor(toPixels(source, width, height), shape)));
    const probabilities = await output.data();
    output.dispose();
    const named = Array.from(probabilities, (probability, i) => ({ name: held.classes[i], probability }));
    return named.sort((a, b) => b.probability - a.probability);
  };

  const show = (results) => {
    results.slice(0, 5).forEach(({ name, probability }, i) => {
      let row = answers.children[i];
      if (!row) {
        row = document.createElement('li');
        row.append(document.createElement('progress'), document.createElement('span'), document.createElement('span'));
        answers.append(row);
      }
      row.children[0].value = probability;
      row.children[0].setAttribute('aria-hidden', 'true');
      row.children[1].textContent = name;
      row.children[2].textContent = (probability * 100).toFixed(1) + '%';
    });
  };

  const stopWebcam = () => {
    if (stream) stream.getTracks().forEach((track) => track.stop());
    stream = null;
    video.hidden = true;
    get('webcam').setAttribute('aria-pressed', 'false');
    get('webcam').textContent = 'Use the webcam';
  };

  const open = async (file) => {
    if (!file || !model) return;
    stopWebcam();
    const url = URL.createObjectURL(file);
    image.src = url;
    try {
      await image.decode();
    } catch {
      say('This file is not a picture that this browser can read.');
      return;
    } finally {
      URL.revokeObjectURL(url);
    }
    image.alt = file.name || 'Pasted picture';
    image.classList.toggle('small', image.naturalWidth < 128);
    image.hidden = false;
    invite.hidden = true;
    stage.classList.add('full');
    const start = performance.now();
    show(await classify(image, image.naturalWidth, image.naturalHeight));
    say(Math.round(performance.now() - start) + ' ms');
  };

  const watch = async () => {
    while (stream) {
      if (video.videoWidth > 0) {
        const start = performance.now();
        show(await classify(video, video.videoWidth, video.videoHeight));
        say('Webcam, ' + Math.round(performance.now() - start) + ' ms a picture');
      }
      await new Promise((next) => setTimeout(next, 100));
    }
  };

  get('file').addEventListener('change', (event) => void open(event.target.files[0]));
  get('webcam').addEventListener('click', async () => {
    if (stream) {
      stopWebcam();
      invite.hidden = !image.hidden;
      return;
    }
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: true });
    } catch {
      say('The webcam is not available. Allow it in the browser, or drop a picture.');
      return;
    }
    video.srcObject = stream;
    await video.play();
    image.hidden = true;
    invite.hidden = true;
    video.hidden = false;
    stage.classList.add('full');
    get('webcam').setAttribute('aria-pressed', 'true');
    get('webcam').textContent = 'Stop the webcam';
    void watch();
  });
  addEventListener('dragover', (event) => { event.preventDefault(); stage.classList.add('over'); });
  addEventListener('dragleave', () => stage.classList.remove('over'));
  addEventListener('drop', (event) => {
    event.preventDefault();
    stage.classList.remove('over');
    void open(event.dataTransfer.files[0]);
  });
  addEventListener('paste', (event) => void open(event.clipboardData.files[0]));

  try {
    const binary = atob(held.weights);
    const weights = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i += 1) weights[i] = binary.charCodeAt(i);
    try { await tf.ready(); } catch { await tf.setBackend('cpu'); }
    model = await tf.loadLayersModel(tf.io.fromMemory({ ...held.artifacts, weightData: weights.buffer }));
    window.classify = classify;
    say('Ready.');
  } catch (error) {
    say('The model could not be loaded: ' + error.message);
  }
})();
`;
