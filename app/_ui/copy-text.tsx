'use client';
import { Check, Copy } from 'lucide-react';
import { useRef, useState } from 'react';
import { copyText } from '../_lib/clipboard.ts';
import { Button } from './form/button.tsx';
import { Input } from './form/field.tsx';

/** A text to take along, with a button that copies it; selected, and said so, where no way to copy is open. */
export function CopyText({ text, label }: { text: string; label: string }) {
  const field = useRef<HTMLInputElement>(null);
  const [state, setState] = useState<'idle' | 'copied' | 'selected'>('idle');
  const copy = async () => {
    const copied = await copyText(text, field.current);
    setState(copied ? 'copied' : 'selected');
    if (copied) setTimeout(() => setState('idle'), 2000);
  };
  return (
    <div>
      <div className="flex gap-2">
        <Input
          ref={field}
          readOnly
          value={text}
          aria-label={label}
          className="font-mono"
          onFocus={(event) => event.target.select()}
        />
        <Button onClick={() => void copy()} icon={state === 'copied' ? <Check size={14} /> : <Copy size={14} />}>
          <span aria-live="polite">{state === 'copied' ? 'Copied' : 'Copy'}</span>
        </Button>
      </div>
      {state === 'selected' && (
        <p role="status" className="mt-1 text-xs text-muted">
          This browser copies nothing by itself here. The text is selected: press Ctrl+C, or ⌘C.
        </p>
      )}
    </div>
  );
}
