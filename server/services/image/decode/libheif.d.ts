/** The package's types are of another of its builds. What we use of it stands in heic.ts. */
declare module 'libheif-js/libheif-wasm/libheif-bundle.mjs' {
  const load: () => unknown;
  export default load;
}
