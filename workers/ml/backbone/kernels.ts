/**
 * A convolution's kernel with its filters last, as our graphs hold it: [filters, places, channels] → [places,
 * channels, filters]. ONNX's [filters, channels, places] goes the same way with `channelsFirst`.
 */
export function kernelToLast(
  values: Float32Array,
  filters: number,
  places: number,
  channels: number,
  channelsFirst = false,
): Float32Array {
  const result = new Float32Array(values.length);
  const [placeStep, channelStep] = channelsFirst ? [1, places] : [channels, 1];
  let to = 0;
  for (let place = 0; place < places; place += 1) {
    for (let channel = 0; channel < channels; channel += 1) {
      let from = place * placeStep + channel * channelStep;
      for (let filter = 0; filter < filters; filter += 1, to += 1, from += places * channels)
        result[to] = values[from] ?? 0;
    }
  }
  return result;
}
