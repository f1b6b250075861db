'use client';
import { PASSWORD_MAX, PASSWORD_MIN } from '#core/people/people.ts';
import { useText } from '../_text/text.tsx';
import { Field, Input } from '../_ui/form/field.tsx';

/** A password to be set, which says whether it is long enough yet. */
export function NewPassword({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const { t } = useText();
  return (
    <Field
      label={label}
      hint={value.length < PASSWORD_MIN ? t('people.passwordShort', { count: PASSWORD_MIN }) : t('people.passwordLong')}
    >
      <Input
        name="password"
        type="password"
        required
        minLength={PASSWORD_MIN}
        maxLength={PASSWORD_MAX}
        autoComplete="new-password"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  );
}
