import { toast } from 'sonner';
import type { Refusal } from './outbox/outbox.ts';

/** Says what the server refused for good, one toast for each kind however many there are. */
export function tellRefusal({ type, message }: Refusal): void {
  const title = type === 'submit' ? 'One decision was not taken' : 'One decision could not be taken back';
  toast.error(title, { description: message, id: `refused-${type}` });
}
