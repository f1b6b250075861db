'use client';
import { useText } from '../../../_text/text.tsx';
import { Field, Input } from '../../../_ui/form/field.tsx';

export const NO_KEYS = { accessKeyId: '', secretAccessKey: '' };
export const NO_BUCKET = { bucket: '', prefix: '', region: '', endpoint: '', ...NO_KEYS };
export type BucketValues = typeof NO_BUCKET;

/** As the server takes it: a region that is not told is the usual one. */
export const bucketInput = (values: BucketValues) => ({
  ...values,
  region: values.region.trim() === '' ? undefined : values.region,
});

interface FieldsProps<Values> {
  values: Values;
  onChange: (values: Values) => void;
}

const fieldOf =
  <Values extends Record<string, string>>({ values, onChange }: FieldsProps<Values>) =>
  (name: keyof Values) => ({
    value: values[name],
    onChange: (event: { target: { value: string } }) => onChange({ ...values, [name]: event.target.value }),
  });

/** Where in a bucket, and by which keys. */
export function BucketFields(props: FieldsProps<BucketValues>) {
  const { t } = useText();
  const field = fieldOf(props);
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label={t('data.bucket')}>
        <Input
          {...field('bucket')}
          required
          maxLength={63}
          placeholder={t('data.bucketExample')}
          className="font-mono"
        />
      </Field>
      <Field label={t('data.folder')} optional>
        <Input {...field('prefix')} maxLength={900} placeholder={t('data.folderExample')} className="font-mono" />
      </Field>
      <Field label={t('data.region')} optional hint={t('data.regionHint')}>
        <Input {...field('region')} maxLength={40} placeholder={t('data.regionExample')} className="font-mono" />
      </Field>
      <Field label={t('data.endpoint')} optional hint={t('data.endpointHint')}>
        <Input
          {...field('endpoint')}
          type="url"
          maxLength={300}
          placeholder="https://s3.example.org"
          className="font-mono"
        />
      </Field>
      <KeyFields values={props.values} onChange={(keys) => props.onChange({ ...props.values, ...keys })} />
    </div>
  );
}

/** The two keys of a bucket. */
export function KeyFields(props: FieldsProps<typeof NO_KEYS>) {
  const { t } = useText();
  const field = fieldOf(props);
  return (
    <>
      <Field label={t('data.accessKey')} optional>
        <Input {...field('accessKeyId')} maxLength={200} autoComplete="off" className="font-mono" />
      </Field>
      <Field label={t('data.secretKey')} optional>
        <Input
          {...field('secretAccessKey')}
          type="password"
          maxLength={400}
          autoComplete="new-password"
          className="font-mono"
        />
      </Field>
    </>
  );
}
