'use client';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { EXPORT_FORMATS, LABEL_FORMATS } from '#core/formats/export.ts';
import type { ExportFormat } from '#core/formats/export.ts';
import { useProject } from '../../../shell/project.tsx';
import { Button } from '../../../ui/button.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { Select } from '../../../ui/select.tsx';
import { Checkbox } from '../../../ui/toggles.tsx';

/** Downloads everything that people said of the images, in a format that other tools read. */
export function LabelsOut() {
  const { project, may } = useProject();
  const [format, setFormat] = useState<ExportFormat>('csv');
  const [annotators, setAnnotators] = useState(false);
  if (!may('export:create')) return null;
  const oneEach = format === 'imagefolder' || format === 'huggingface';
  const query = new URLSearchParams({ format, annotators: annotators && !oneEach ? '1' : '0' });
  return (
    <Panel
      title="Take the labels elsewhere" description="Every labeled image with its class, who said so and when. Zip formats carry the images too."
      actions={(
        <>
          <Select size="sm" label="Format of the labels" className="w-60" value={format} onChange={setFormat} options={EXPORT_FORMATS.map((value) => ({ value, label: LABEL_FORMATS[value].title }))} />
          <Button asChild size="sm" variant="primary"><a href={`/api/projects/${project.id}/exports/labels?${query}`} download><Download size={13} aria-hidden /> Download</a></Button>
        </>
      )}
    >
      <Checkbox
        checked={annotators && !oneEach} onChange={setAnnotators} disabled={oneEach} label="Each person's judgment beside the agreed class"
        hint={oneEach ? 'This format holds one class an image.' : 'Adds a row a person, with their e-mail address.'}
      />
    </Panel>
  );
}
