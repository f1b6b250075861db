'use client';
import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from './form/button.tsx';
import { Input } from './form/field.tsx';

/** A text to take along, with a button that copies it; selectable by hand where the clipboard is shut (plain http). */
export function CopyText({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    } catch {
      document.querySelector<HTMLInputElement>(`input[data-copy="${label}"]`)?.select();
    }
  };
  return (
    <div className="flex gap-2">
      <Input
        readOnly
        value={text}
        aria-label={label}
        data-copy={label}
        className="font-mono"
        onFocus={(event) => event.target.select()}
      />
      <Button onClick={() => void copy()} icon={copied ? <Check size={14} /> : <Copy size={14} />}>
        <span aria-live="polite">{copied ? 'Copied' : 'Copy'}</span>
      </Button>
    </div>
  );
}
