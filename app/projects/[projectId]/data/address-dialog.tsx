'use client';
import { useState } from 'react';
import { useText } from '../../../_text/text.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Dialog } from '../../../_ui/dialog.tsx';
import { Field, Textarea } from '../../../_ui/form/field.tsx';

/** Images fetched by the server from public addresses, one a line. */
export function AddressDialog({
  open,
  onOpenChange,
  onTake,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onTake: (text: string) => Promise<void>;
}) {
  const { t } = useText();
  const [text, setText] = useState('');
  const count = text.split(/\r?\n/u).filter((line) => /^https?:\/\//iu.test(line.trim())).length;
  const take = async () => {
    onOpenChange(false);
    await onTake(text);
    setText('');
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('data.addressTitle')}
      description={t('data.addressWhy')}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>{t('common.cancel')}</Button>
          <Button variant="primary" disabled={count === 0} onClick={() => void take()}>
            {count === 0 ? t('data.import') : t('data.importCount', { count })}
          </Button>
        </>
      }
    >
      <Field label={t('data.addresses')} hint={t('data.addressHint')}>
        <Textarea
          rows={8}
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder={'https://example.org/cat-1.jpg\nhttps://example.org/dog-7.png'}
          className="font-mono"
        />
      </Field>
    </Dialog>
  );
}
