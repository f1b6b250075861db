import { Button } from '../_ui/form/button.tsx';
import { AuthFrame } from './auth-frame.tsx';

/** A secret link that could not be checked is not one that has ended. */
export function LinkTrouble({ message, onRetry, busy }: { message: string; onRetry: () => void; busy: boolean }) {
  return (
    <AuthFrame title="This link could not be checked" description={`${message} The link is not used up.`}>
      <Button variant="primary" size="lg" className="w-full" busy={busy} onClick={onRetry}>
        Try again
      </Button>
    </AuthFrame>
  );
}
