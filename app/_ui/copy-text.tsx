'use client';
import { Check, Copy } from 'lucide-react';
import { useRef, useState } from 'react';
import type { ReactNode, RefObject } from 'react';
import { useText } from '../_text/text.tsx';
import { copyText } from '../_lib/clipboard.ts';
import { Button } from './form/button.tsx';
import { Input } from './form/field.tsx';

/**
 * Copying a text out of its field: a button that does it, and the words that stand where no way to copy is open and the
 * text was selected instead.
 */
export function useCopy<Field extends HTMLInputElement | HTMLTextAreaElement>(
  text: string,
  { size = 'md' }: { size?: 'sm' | 'md' } = {},
): { field: RefObject<Field | null>; button: ReactNode; words: ReactNode } {
  const { t } = useText();
  const field = useRef<Field>(null);
  const [state, setState] = useState<'idle' | 'copied' | 'selected'>('idle');
  const copy = async () => {
    const copied = await copyText(text, field.current);
    setState(copied ? 'copied' : 'selected');
    if (copied) setTimeout(() => setState('idle'), 2000);
  };
  const Icon = state === 'copied' ? Check : Copy;
  return {
    field,
    button: (
      <Button size={size} onClick={() => void copy()} icon={<Icon size={size === 'sm' ? 13 : 14} aria-hidden />}>
        <span aria-live="polite">{t(state === 'copied' ? 'common.copied' : 'common.copy')}</span>
      </Button>
    ),
    words: state === 'selected' && (
      <p role="status" className="text-xs text-muted">
        {t('common.copySelected')}
      </p>
    ),
  };
}

/** A text to take along, with a button that copies it; selected, and said so, where no way to copy is open. */
export function CopyText({ text, label }: { text: string; label: string }) {
  const { field, button, words } = useCopy<HTMLInputElement>(text);
  return (
    <div className="space-y-1">
      <div className="flex gap-2">
        <Input
          ref={field}
          readOnly
          value={text}
          aria-label={label}
          className="font-mono"
          onFocus={(event) => event.target.select()}
        />
        {button}
      </div>
      {words}
    </div>
  );
}
