'use client';
import { useText } from '../_text/text.tsx';
import { Button } from '../_ui/form/button.tsx';
import { AuthFrame } from './auth-frame.tsx';

/** A secret link that could not be checked is not one that has ended. */
export function LinkTrouble({ message, onRetry, busy }: { message: string; onRetry: () => void; busy: boolean }) {
  const { t } = useText();
  return (
    <AuthFrame title={t('people.linkTrouble')} description={t('people.linkKept', { message })}>
      <Button variant="primary" size="lg" className="w-full" busy={busy} onClick={onRetry}>
        {t('common.tryAgain')}
      </Button>
    </AuthFrame>
  );
}
