// Starts a thread from TypeScript source: a loader given to Node by --import does not reach its threads. Bundles never
// come here.
import { register } from 'tsx/esm/api';

register();
await import(process.argv[2]);
