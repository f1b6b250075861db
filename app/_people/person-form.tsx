'use client';
import { useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { useText } from '../_text/text.tsx';
import { readError } from '../_lib/error.ts';
import { Button } from '../_ui/form/button.tsx';
import { Field, Input } from '../_ui/form/field.tsx';
import { NewPassword } from './new-password.tsx';

export interface Person {
  name: string;
  email: string;
  password: string;
}

export interface PersonFormProps {
  /** Fields above the person's own. */
  children?: ReactNode;
  action: string;
  /** Resolves when the person is in; a rejection is shown above the button. */
  onSubmit: (person: Person, form: FormData) => Promise<void>;
}

/** Name, e-mail and password of somebody new. */
export function PersonForm({ children, action, onSubmit }: PersonFormProps) {
  const { t } = useText();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [password, setPassword] = useState('');
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '').trim();
    setBusy(true);
    setError(null);
    try {
      await onSubmit({ name: text('name'), email: text('email').toLowerCase(), password }, form);
    } catch (caught) {
      setError(readError(caught).message);
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="space-y-4">
      {children}
      <Field label={t('people.yourName')}>
        <Input name="name" required maxLength={80} autoComplete="name" />
      </Field>
      <Field label={t('people.email')}>
        <Input name="email" type="email" required maxLength={200} autoComplete="email" />
      </Field>
      <NewPassword label={t('people.password')} value={password} onChange={setPassword} />
      {error !== null && (
        <p role="alert" className="text-sm text-bad">
          {error}
        </p>
      )}
      <Button type="submit" variant="primary" size="lg" className="w-full" busy={busy}>
        {action}
      </Button>
    </form>
  );
}
