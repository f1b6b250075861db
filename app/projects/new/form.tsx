'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { can } from '#core/people/access.ts';
import { CLASS_COLOURS } from '#core/project/project.ts';
import { useText } from '../../_text/text.tsx';
import { useTRPC } from '../../_lib/api.ts';
import { parseClassNames } from '../../_lib/class-names.ts';
import { readError } from '../../_lib/error.ts';
import { useMe } from '../../_shell/me.tsx';
import { projectHref } from '../../_shell/nav.ts';
import { OrganizationShell } from '../../_shell/organization-shell.tsx';
import { Button } from '../../_ui/form/button.tsx';
import { ClassBadge } from '../../_ui/class-badge.tsx';
import { Field, Input, Textarea } from '../../_ui/form/field.tsx';
import { Page, Panel } from '../../_ui/panel.tsx';
import { Select } from '../../_ui/form/select.tsx';
import { EmptyState } from '../../_ui/states.tsx';
import { Checkbox } from '../../_ui/form/toggles.tsx';

export function NewProjectPage({ organizationId }: { organizationId: string | null }) {
  const { t } = useText();
  const me = useMe();
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const places = me.memberships.filter((one) => can(one.role, 'project:create'));
  const [place, setPlace] = useState(
    places.find((one) => one.organizationId === organizationId)?.organizationId ?? places[0]?.organizationId ?? null,
  );
  const [classText, setClassText] = useState('');
  const [grayscale, setGrayscale] = useState(false);
  const create = useMutation(trpc.project.create.mutationOptions({ meta: { quiet: true } }));
  if (place === null) {
    return (
      <OrganizationShell organizationId={null}>
        <EmptyState title={t('home.onlyLeads')}>{t('home.askForRole')}</EmptyState>
      </OrganizationShell>
    );
  }
  const names = parseClassNames(classText);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    create.mutate(
      {
        organizationId: place,
        name: String(form.get('name') ?? ''),
        description: String(form.get('description') ?? ''),
        classes: names,
        grayscale,
      },
      {
        onSuccess: ({ projectId }) => {
          void queryClient.invalidateQueries(trpc.project.list.queryFilter());
          router.push(projectHref(projectId, 'data'));
        },
      },
    );
  };
  return (
    <OrganizationShell organizationId={place}>
      <Page title={t('home.newProject')} description={t('home.changeLater')} width="middle">
        <form onSubmit={submit}>
          <Panel>
            <div className="space-y-5">
              {places.length > 1 && (
                <Field label={t('shell.organization')}>
                  <Select
                    value={place}
                    onChange={setPlace}
                    options={places.map((one) => ({ value: one.organizationId, label: one.organizationName }))}
                  />
                </Field>
              )}
              <Field label={t('account.name')}>
                <Input name="name" required maxLength={120} autoComplete="off" placeholder={t('home.nameExample')} />
              </Field>
              <Field label={t('home.whatFor')} optional>
                <Input name="description" maxLength={2000} autoComplete="off" />
              </Field>
              <Field label={t('home.classes')} optional hint={t('home.classesHint')}>
                <Textarea
                  value={classText}
                  onChange={(event) => setClassText(event.target.value)}
                  rows={4}
                  placeholder={t('home.classesExample')}
                />
              </Field>
              {names.length > 0 && (
                <div>
                  <p className="mb-1.5 text-xs text-muted">{t('home.classCount', { count: names.length })}</p>
                  <ul className="flex flex-wrap gap-x-4 gap-y-1.5">
                    {names.slice(0, 24).map((name, position) => (
                      <li key={name}>
                        <ClassBadge
                          look={{
                            name,
                            position,
                            colour: CLASS_COLOURS[position % CLASS_COLOURS.length] ?? CLASS_COLOURS[0],
                          }}
                        />
                      </li>
                    ))}
                    {names.length > 24 && (
                      <li className="text-sm text-muted">{t('home.andMore', { count: names.length - 24 })}</li>
                    )}
                  </ul>
                </div>
              )}
              <Checkbox
                checked={grayscale}
                onChange={setGrayscale}
                label={t('home.fixedLook')}
                hint={t('home.fixedLookHint')}
              />
              {create.error !== null && (
                <p role="alert" className="text-sm text-bad">
                  {readError(create.error).message}
                </p>
              )}
              <div className="flex justify-end gap-2">
                <Button onClick={() => router.back()}>{t('common.cancel')}</Button>
                <Button type="submit" variant="primary" busy={create.isPending}>
                  {t('home.create')}
                </Button>
              </div>
            </div>
          </Panel>
        </form>
      </Page>
    </OrganizationShell>
  );
}
