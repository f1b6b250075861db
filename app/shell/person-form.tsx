'use client';
import { useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { readError } from '../lib/error.ts';
import { Button } from '../ui/button.tsx';
import { Field, Input } from '../ui/field.tsx';

export interface Person {
  name: string;
  email: string;
  password: string;
}

const PASSWORD_MIN = 10;

export interface PersonFormProps {
  /** Fields above the person's own. */
  children?: ReactNode;
  action: string;
  /** Resolves when the person is in; a rejection is shown above the button. */
  onSubmit: (person: Person, form: FormData) => Promise<void>;
}

/** Name, e-mail and password of somebody new. */
export function PersonForm({ children, action, onSubmit }: PersonFormProps) {
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
  const missing = PASSWORD_MIN - password.length;
  return (
    <form onSubmit={(event) => void submit(event)} className="space-y-4">
      {children}
      <Field label="Your name"><Input name="name" required maxLength={80} autoComplete="name" /></Field>
      <Field label="E-mail"><Input name="email" type="email" required maxLength={200} autoComplete="email" /></Field>
      <Field label="Password" hint={missing > 0 ? `At least ${PASSWORD_MIN} characters.` : 'Long enough.'}>
        <Input name="password" type="password" required minLength={PASSWORD_MIN} maxLength={256} autoComplete="new-password" value={password} onChange={(event) => setPassword(event.target.value)} />
      </Field>
      {error !== null && <p role="alert" className="text-sm text-bad">{error}</p>}
      <Button type="submit" variant="primary" size="lg" className="w-full" busy={busy}>{action}</Button>
    </form>
  );
}
