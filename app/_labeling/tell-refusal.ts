import { toast } from 'sonner';
import { spokenText } from '../_text/text.tsx';
import type { Refusal } from './outbox/outbox.ts';

/** Says what the server refused for good, one toast for each kind however many there are. */
export function tellRefusal({ type, message }: Refusal): void {
  const title = spokenText().t(type === 'submit' ? 'hand.refusedSubmit' : 'hand.refusedUndo');
  toast.error(title, { description: message, id: `refused-${type}` });
}
