'use client';
import { useState } from 'react';
import { plural } from '../../../_lib/format.ts';
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
      title="Import from addresses"
      description="The server fetches each address once. It must be public and answer with an image."
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button variant="primary" disabled={count === 0} onClick={() => void take()}>
            {count === 0 ? 'Import' : `Import ${plural(count, 'image')}`}
          </Button>
        </>
      }
    >
      <Field
        label="Addresses"
        hint="One a line, at most 10,000. To give classes too, upload a CSV with the columns url and class."
      >
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
